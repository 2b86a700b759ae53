#pragma once

// Every reason that the store gives, with what the caller should do.
namespace relance::store {

// Retry later; the outcome of a write is unknown: read again, or repeat it with the same request_id.
inline constexpr char kStoreUnavailable[] = "STORE_UNAVAILABLE";  // UNAVAILABLE
inline constexpr char kStoreDeadline[] = "STORE_DEADLINE";        // DEADLINE_EXCEEDED
inline constexpr char kStoreFull[] = "STORE_FULL";                // RESOURCE_EXHAUSTED; nothing was written
inline constexpr char kStoreError[] = "STORE_ERROR";  // INTERNAL: Redis refused a command, a bug here

// Change the installation first.
inline constexpr char kStoreAuth[] = "STORE_AUTH";  // FAILED_PRECONDITION: password missing or wrong
inline constexpr char kPartitionsDiffer[] = "PARTITIONS_DIFFER";  // FAILED_PRECONDITION; stored, configured
inline constexpr char kTlsUnsupported[] =
    "TLS_UNSUPPORTED";                                      // FAILED_PRECONDITION: built without hiredis_ssl
inline constexpr char kBadAddress[] = "BAD_STORE_ADDRESS";  // INVALID_ARGUMENT; address
inline constexpr char kBadTlsFile[] = "BAD_TLS_FILE";       // FAILED_PRECONDITION; file

// State moved on: read, decide and write again, or drop the partition.
inline constexpr char kLeaseLost[] = "LEASE_LOST";              // FAILED_PRECONDITION; partition, token
inline constexpr char kDocumentChanged[] = "DOCUMENT_CHANGED";  // ABORTED; name, version

// The call itself is wrong. Nothing was sent.
inline constexpr char kBadAccountKey[] = "BAD_ACCOUNT_KEY";      // INVALID_ARGUMENT
inline constexpr char kBadDocumentName[] = "BAD_DOCUMENT_NAME";  // INVALID_ARGUMENT
inline constexpr char kBadPartition[] = "BAD_PARTITION";         // INVALID_ARGUMENT; partition
inline constexpr char kWrongPartition[] =
    "WRONG_PARTITION";                                       // INVALID_ARGUMENT: account of another partition
inline constexpr char kBatchTooLarge[] = "BATCH_TOO_LARGE";  // INVALID_ARGUMENT; writes
inline constexpr char kWriteTooLarge[] = "WRITE_TOO_LARGE";  // INVALID_ARGUMENT; what, count
inline constexpr char kAccountTwice[] = "ACCOUNT_TWICE_IN_BATCH";    // INVALID_ARGUMENT
inline constexpr char kNotOwner[] = "NOT_OWNER";                     // INVALID_ARGUMENT; field, service
inline constexpr char kOwnVersionMissing[] = "OWN_VERSION_MISSING";  // INVALID_ARGUMENT; service
inline constexpr char kBadLease[] = "BAD_LEASE";                     // INVALID_ARGUMENT

}  // namespace relance::store
