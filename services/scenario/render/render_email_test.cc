#include "services/scenario/render/render_email.h"

#include <gmime/gmime.h>

#include "absl/strings/match.h"
#include "common/documents/sha256.h"
#include "common/status/domain_error.h"
#include "gtest/gtest.h"
#include "services/scenario/render/compose_notice.h"
#include "services/scenario/render/errors.h"
#include "services/scenario/render/testing/example_message.h"
#include "services/scenario/render/testing/render_checks.h"

namespace relance::scenario::render {
namespace {

const absl::Time kSentAt = absl::FromUnixSeconds(1748851200);  // 2025-06-02T08:00:00Z

absl::StatusOr<std::string> Email(const Message& message, const std::vector<Attachment>& attachments = {}) {
  const auto notice = ComposeNotice(message, Channel::kEmail, TemplateSet::Embedded());
  if (!notice.ok()) return notice.status();
  return RenderEmail(message, *notice, kSentAt, attachments);
}

// A header as a mail reader decodes it; empty when there is none.
std::string Header(const std::string& eml, const char* name) {
  g_mime_init();
  GMimeStream* const stream = g_mime_stream_mem_new_with_buffer(eml.data(), eml.size());
  GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
  GMimeMessage* const mail = g_mime_parser_construct_message(parser, nullptr);
  const char* const value = g_mime_object_get_header(GMIME_OBJECT(mail), name);
  std::string text = value == nullptr ? "" : value;
  g_object_unref(mail);
  g_object_unref(parser);
  g_object_unref(stream);
  return text;
}

std::string HeadOf(const std::string& eml) { return eml.substr(0, eml.find("\r\n\r\n") + 2); }

TEST(RenderEmail, Golden) {
  ExpectGolden("pre_due.fr.eml", *Email(ExamplePreDue()));
  ExpectGolden("reminder.fr.eml", *Email(ExampleReminder()));
  ExpectGolden("final_notice.fr.eml", *Email(ExampleFinalNotice()));
}

TEST(RenderEmail, SameInputSameBytes) {
  const std::string once = *Email(ExampleFinalNotice(), {{"lettre.pdf", "%PDF-x"}});
  ASSERT_TRUE(Email(ExampleReminder()).ok());
  EXPECT_EQ(documents::Sha256Hex(*Email(ExampleFinalNotice(), {{"lettre.pdf", "%PDF-x"}})),
            documents::Sha256Hex(once));
}

TEST(RenderEmail, Headers) {
  const std::string eml = *Email(ExampleReminder());
  EXPECT_EQ(Header(eml, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(Header(eml, "Message-Id"), "<" + documents::Sha256Hex("main/411OEUVRE/1/reminder").substr(0, 40) +
                                           "@ateliers-brunet.example>");
  EXPECT_EQ(Header(eml, "Date"), "Mon, 02 Jun 2025 08:00:00 +0000");
  EXPECT_TRUE(absl::StrContains(Header(eml, "From"), "Claire Dubois, Ateliers Brunet & Fils"))
      << Header(eml, "From");
  EXPECT_TRUE(absl::StrContains(Header(eml, "To"), "Mme Hélène Lefèvre")) << Header(eml, "To");
  EXPECT_TRUE(absl::StrContains(Header(eml, "Reply-To"), "claire.dubois@ateliers-brunet.example"));
  EXPECT_TRUE(absl::StrContains(Header(eml, "Subject"), "Factures échues – 13\u202f734,56\u00a0€ à régler"))
      << Header(eml, "Subject");
  EXPECT_TRUE(absl::StrContains(HeadOf(eml), "\r\nContent-Language: fr\r\n"));
  EXPECT_EQ(Header(eml, "MIME-Version"), "1.0");
}

TEST(RenderEmail, LinesAreAsciiShortAndEndInCrLf) {
  const std::string eml = *Email(ExampleFinalNotice(), {{"lettre é.pdf", std::string(5000, '\xff')}});
  size_t length = 0;
  for (size_t i = 0; i < eml.size(); ++i) {
    EXPECT_LT(static_cast<unsigned char>(eml[i]), 128);
    if (eml[i] == '\n') {
      ASSERT_GT(i, 0u);
      EXPECT_EQ(eml[i - 1], '\r') << "at " << i;
      length = 0;
    } else if (eml[i] == '\r') {
      EXPECT_EQ(eml[i + 1], '\n') << "at " << i;
    } else {
      EXPECT_LE(++length, 998u);
    }
  }
}

TEST(RenderEmail, ANameCannotOpenAHeader) {
  for (const char* name :
       {"Evil\r\nBcc: victim@x.example", "Evil\nBcc: victim@x.example", "Evil\rBcc: v@x.example",
        "Evil\u2028Bcc: v@x.example", "\"; <a@b.example>, ", "=?utf-8?Q?=0D=0ABcc:_v@x.example?="}) {
    Message m = ExampleReminder();
    m.recipient.contact = name;
    m.recipient.company = name;
    m.sender.interlocutor_name = name;
    m.sender.legal_name = name;
    m.items.resize(1);
    m.items[0].number = name;
    const auto eml = Email(m);
    ASSERT_TRUE(eml.ok()) << eml.status();
    EXPECT_EQ(Header(*eml, "Bcc"), "") << name;
    EXPECT_FALSE(absl::StrContains(HeadOf(*eml), "\nBcc:")) << HeadOf(*eml);
    // The address itself stays alone: one recipient.
    EXPECT_EQ(CountOf(HeadOf(*eml), "compta@oeuvres-reunies.example"), 1);
  }
}

TEST(RenderEmail, MarkupInNamesStaysText) {
  Message m = ExampleReminder();
  m.sender.legal_name = "<b>& \"Cie\" <script>alert(1)</script>";
  const std::string html =
      RunOn(*Email(m),
            "python3 -c \"import email,email.policy,sys;"
            "m=email.message_from_binary_file(open('%','rb'),policy=email.policy.default);"
            "sys.stdout.buffer.write(m.get_body(('html',)).get_content().encode())\"");
  EXPECT_EQ(html.find("<script"), std::string::npos) << html;
  EXPECT_EQ(html.find("<b>"), std::string::npos) << html;
  EXPECT_NE(html.find("&lt;b&gt;&amp; &quot;Cie&quot;"), std::string::npos) << html;
}

TEST(RenderEmail, AnotherReaderFindsTheParts) {
  const std::string parts =
      RunOn(*Email(ExampleReminder(), {{"Rappel Œuvres.pdf", std::string("%PDF\0\xff", 6)}}),
            "python3 -c \"import email,email.policy;"
            "m=email.message_from_binary_file(open('%','rb'),policy=email.policy.default);"
            "print([p.get_content_type() for p in m.walk()], len(m.defects));"
            "a=list(m.iter_attachments())[0]; print(a.get_filename(), len(a.get_content()));"
            "print(m.get_body(('plain',)).get_content())\"");
  EXPECT_TRUE(absl::StrContains(
      parts,
      "['multipart/mixed', 'multipart/alternative', 'text/plain', 'text/html', 'application/pdf'] 0\n"))
      << parts;
  EXPECT_TRUE(absl::StrContains(parts, "Rappel Œuvres.pdf 6\n")) << parts;
  EXPECT_TRUE(absl::StrContains(parts, "FA-2025-0312  01/03/2025  31/03/2025")) << parts;
}

TEST(RenderEmail, Refusals) {
  Message m = ExampleReminder();
  const auto notice = ComposeNotice(m, Channel::kEmail, TemplateSet::Embedded());
  EXPECT_EQ(ReasonOf(RenderEmail(m, *notice, kSentAt, std::vector<Attachment>(kAttachmentsMax + 1)).status()),
            kMessageTooLarge);
  m.recipient.email.clear();
  EXPECT_EQ(ReasonOf(Email(m).status()), kRecipientEmailMissing);
  EXPECT_EQ(ReasonOf(RenderEmail(m, *notice, kSentAt).status()), kRecipientEmailMissing);
}

}  // namespace
}  // namespace relance::scenario::render
