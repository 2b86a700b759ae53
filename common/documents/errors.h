#pragma once

namespace relance::documents {

// Every reason that this folder reports. "Again" says whether the same call may succeed later.

// INVALID_ARGUMENT: the document is empty or larger than the store takes. Metadata: bytes, bytesMax. Again:
// no.
inline constexpr char kDocumentSizeRefused[] = "DOCUMENT_SIZE_REFUSED";
// INVALID_ARGUMENT: not 64 lower-case hexadecimal digits. Again: no.
inline constexpr char kDocumentIdInvalid[] = "DOCUMENT_ID_INVALID";
// NOT_FOUND: nothing is stored under this id. Metadata: documentId. Again: after a Put.
inline constexpr char kDocumentNotFound[] = "DOCUMENT_NOT_FOUND";
// DATA_LOSS: the stored bytes do not have the hash of their name. Metadata: documentId. Again: after a
// restore.
inline constexpr char kDocumentCorrupt[] = "DOCUMENT_CORRUPT";
// INVALID_ARGUMENT: the contact key is empty or too long, or the extension is not 1 to 8 lower-case letters
// or digits. Again: no.
inline constexpr char kDeliveryKeyInvalid[] = "DELIVERY_KEY_INVALID";
// ALREADY_EXISTS: this key was delivered with other bytes. Metadata: fileName. Again: no.
inline constexpr char kDeliveryKeyReused[] = "DELIVERY_KEY_REUSED";
// UNAVAILABLE: the file system refused. Metadata: operation, errno. Again: yes, Put and Deliver are
// idempotent.
inline constexpr char kFileSystemError[] = "FILE_SYSTEM_ERROR";

}  // namespace relance::documents
