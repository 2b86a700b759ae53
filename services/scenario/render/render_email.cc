#include "services/scenario/render/render_email.h"

#include <gmime/gmime.h>

#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "common/status/status_macros.h"
#include "services/scenario/render/check_message.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/header_words.h"
#include "services/scenario/render/render_html.h"
#include "services/scenario/render/render_text.h"

namespace relance::scenario::render {
namespace {

constexpr char kCharset[] = "utf-8";

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using Ref = std::unique_ptr<T, Unref>;

struct FreeOptions {
  void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};

void InitialiseOnce() {
  static std::once_flag once;
  std::call_once(once, g_mime_init);
}

// A boundary that depends on the message and its place in it. It cannot occur in the parts: "=_" is not
// possible in quoted-printable nor in base64.
std::string BoundaryOf(absl::string_view contact_key, absl::string_view place) {
  return absl::StrCat("=_relance_",
                      documents::Sha256Hex(absl::StrCat(place, "\n", contact_key)).substr(0, 32));
}

Ref<GMimeObject> TextPart(const char* subtype, const std::string& text) {
  GMimeTextPart* const part = g_mime_text_part_new_with_subtype(subtype);
  g_mime_text_part_set_charset(part, kCharset);
  g_mime_text_part_set_text(part, text.c_str());
  g_mime_part_set_content_encoding(GMIME_PART(part), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return Ref<GMimeObject>(GMIME_OBJECT(part));
}

Ref<GMimeObject> PdfPart(const Attachment& attachment) {
  GMimePart* const part = g_mime_part_new_with_type("application", "pdf");
  Ref<GMimeStream> stream(
      g_mime_stream_mem_new_with_buffer(attachment.bytes.data(), attachment.bytes.size()));
  Ref<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part, content.get());
  g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_disposition(GMIME_OBJECT(part), GMIME_DISPOSITION_ATTACHMENT);
  g_mime_part_set_filename(part, CleanText(attachment.file_name).c_str());
  return Ref<GMimeObject>(GMIME_OBJECT(part));
}

// RFC 5322, in UTC. Its own names of days and months: those of the library follow the locale of the process.
std::string FormatMailDate(absl::Time time) {
  static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const absl::CivilSecond second = absl::ToCivilSecond(time, absl::UTCTimeZone());
  return absl::StrFormat("%s, %02d %s %04d %02d:%02d:%02d +0000",
                         kDays[static_cast<int>(absl::GetWeekday(second))], second.day(),
                         kMonths[second.month() - 1], second.year(), second.hour(), second.minute(),
                         second.second());
}

// Sets `name` to `value`, which is ASCII and folded: the library writes it as it is.
void SetRawHeader(GMimeMessage* mail, const char* name, const std::string& value) {
  GMimeHeaderList* const headers = g_mime_object_get_header_list(GMIME_OBJECT(mail));
  g_mime_header_list_append(headers, name, "", kCharset);
  GMimeHeader* const header =
      g_mime_header_list_get_header_at(headers, g_mime_header_list_get_count(headers) - 1);
  g_mime_header_set_raw_value(header, absl::StrCat(" ", value, "\n").c_str());
}

// A name of letters needs no quotes, all else is encoded: a name can neither end the mailbox nor begin
// another one.
std::string Mailbox(const std::string& name, const std::string& address) {
  return absl::StrCat(EncodeHeaderWords(name), "\n <", address, ">");
}

void SetHeaders(const Message& m, const Notice& notice, absl::Time sent_at, GMimeMessage* mail) {
  const Sender& s = m.sender;
  const std::string voice =
      s.interlocutor_name.empty() ? s.legal_name : absl::StrCat(s.interlocutor_name, ", ", s.legal_name);
  const std::string& addressee = m.recipient.contact.empty() ? m.recipient.company : m.recipient.contact;
  SetRawHeader(mail, "From", Mailbox(voice, s.email));
  if (!s.reply_to.empty()) SetRawHeader(mail, "Reply-To", Mailbox(s.legal_name, s.reply_to));
  SetRawHeader(mail, "To", Mailbox(addressee, m.recipient.email));
  SetRawHeader(mail, "Subject", EncodeHeaderWords(CleanText(notice.subject)));
  SetRawHeader(mail, "Date", FormatMailDate(sent_at));
  SetRawHeader(mail, "Message-ID", absl::StrCat("<", MessageIdOf(m.contact_key, s.email), ">"));
  SetRawHeader(mail, "Auto-Submitted", "auto-generated");
  SetRawHeader(mail, "Content-Language", EncodeHeaderWords(notice.language));
}

absl::StatusOr<std::string> Serialise(GMimeMessage* mail) {
  const std::unique_ptr<GMimeFormatOptions, FreeOptions> options(g_mime_format_options_new());
  g_mime_format_options_set_newline_format(options.get(), GMIME_NEWLINE_FORMAT_DOS);
  const Ref<GMimeStream> stream(g_mime_stream_mem_new());
  if (g_mime_object_write_to_stream(GMIME_OBJECT(mail), options.get(), stream.get()) < 0) {
    return DomainError(absl::StatusCode::kInternal, kRenderLibraryFailed, "the MIME library failed",
                       {{"library", "gmime"}});
  }
  const GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
  return std::string(reinterpret_cast<const char*>(bytes->data), bytes->len);
}

}  // namespace

std::string MessageIdOf(absl::string_view contact_key, absl::string_view sender_email) {
  const size_t at = sender_email.rfind('@');
  const absl::string_view domain = at == absl::string_view::npos ? sender_email : sender_email.substr(at + 1);
  return absl::StrCat(documents::Sha256Hex(contact_key).substr(0, 40), "@", domain);
}

absl::StatusOr<std::string> RenderEmail(const Message& message, const Notice& notice, absl::Time sent_at,
                                        const std::vector<Attachment>& attachments) {
  RELANCE_ASSIGN_OR_RETURN(const Message m, CheckMessage(message, Channel::kEmail));
  if (attachments.size() > kAttachmentsMax) {
    return DomainError(absl::StatusCode::kInvalidArgument, kMessageTooLarge, "too many: attachments",
                       {{"field", "attachments"}});
  }
  InitialiseOnce();
  const Ref<GMimeMultipart> alternative(g_mime_multipart_new_with_subtype("alternative"));
  g_mime_multipart_set_boundary(alternative.get(), BoundaryOf(m.contact_key, "alternative").c_str());
  g_mime_multipart_add(alternative.get(), TextPart("plain", RenderText(notice)).get());
  g_mime_multipart_add(alternative.get(), TextPart("html", RenderHtml(notice)).get());
  const Ref<GMimeMultipart> mixed(g_mime_multipart_new_with_subtype("mixed"));
  g_mime_multipart_set_boundary(mixed.get(), BoundaryOf(m.contact_key, "mixed").c_str());
  g_mime_multipart_add(mixed.get(), GMIME_OBJECT(alternative.get()));
  for (const Attachment& attachment : attachments)
    g_mime_multipart_add(mixed.get(), PdfPart(attachment).get());
  // pretty_headers = true: the order From, Reply-To, To, Subject, Date, Message-Id, whatever the order of the
  // calls.
  const Ref<GMimeMessage> mail(g_mime_message_new(TRUE));
  SetHeaders(m, notice, sent_at, mail.get());
  g_mime_message_set_mime_part(mail.get(),
                               GMIME_OBJECT(attachments.empty() ? alternative.get() : mixed.get()));
  return Serialise(mail.get());
}

}  // namespace relance::scenario::render
