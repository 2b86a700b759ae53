#pragma once

// Every reason that the campaign service gives, in the order in which a call checks for them. Besides:
// TENANT_NOT_FOUND, those of page tokens and of the store. "Again" says whether the same request may succeed
// later.
namespace relance::campaign {

// The request is wrong. INVALID_ARGUMENT. Again: no.
inline constexpr char kCampaignIdInvalid[] = "CAMPAIGN_ID_INVALID";    // 1 to 64 of [a-z0-9-]
inline constexpr char kChannelInvalid[] = "CHANNEL_INVALID";           // mail, letter, call
inline constexpr char kTemplateInvalid[] = "TEMPLATE_INVALID";         // at most 64 of [A-Za-z0-9_.-]
inline constexpr char kTitleInvalid[] = "TITLE_INVALID";               // bytesMax
inline constexpr char kAccountsMaxInvalid[] = "ACCOUNTS_MAX_INVALID";  // accountsMax
inline constexpr char kFilterInvalid[] = "FILTER_INVALID";  // position (1 is the first byte), expected

// NOT_FOUND. Again: after it was launched.
inline constexpr char kCampaignNotFound[] = "CAMPAIGN_NOT_FOUND";  // campaign

// ALREADY_EXISTS. Again: no.
inline constexpr char kCampaignDiffers[] = "CAMPAIGN_DIFFERS";  // campaign: launched before with another spec

// ABORTED. Again: yes, it goes on with what is left.
inline constexpr char kCampaignContended[] = "CAMPAIGN_CONTENDED";  // campaign: another launch of it runs

// UNAVAILABLE. Again: yes, it goes on with what is left.
inline constexpr char kScenarioUnavailable[] = "SCENARIO_UNAVAILABLE";  // campaign

// INTERNAL. A bug, or somebody wrote into Redis.
inline constexpr char kCampaignCorrupt[] = "CAMPAIGN_CORRUPT";               // document
inline constexpr char kScenarioAnswerInvalid[] = "SCENARIO_ANSWER_INVALID";  // not one result an account

}  // namespace relance::campaign
