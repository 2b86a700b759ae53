#include "services/scenario/reach.h"

#include <algorithm>

namespace relance::scenario {
namespace {

using state::v1::Attributes;
using state::v1::ContactPerson;

template <typename Predicate>
const ContactPerson* FirstOf(const Attributes& attributes, Predicate usable) {
  const ContactPerson* any = nullptr;
  for (const ContactPerson& person : attributes.contacts()) {
    if (person.inactive() || !usable(person)) continue;
    if (person.role() == "billing") return &person;
    if (any == nullptr) any = &person;
  }
  return any;
}

bool HasAddress(const Attributes& attributes) {
  return std::any_of(attributes.address().begin(), attributes.address().end(),
                     [](const std::string& line) { return !line.empty(); });
}

bool Reaches(Channel channel, const Attributes& attributes) {
  if (channel == Channel::CHANNEL_MAIL) return AddresseeOfMail(attributes) != nullptr;
  return channel == Channel::CHANNEL_LETTER && HasAddress(attributes);
}

}  // namespace

const ContactPerson* AddresseeOfMail(const Attributes& attributes) {
  return FirstOf(attributes, [](const ContactPerson& person) { return !person.email().empty(); });
}

const ContactPerson* AddresseeOfLetter(const Attributes& attributes) {
  return FirstOf(attributes, [](const ContactPerson& person) { return !person.name().empty(); });
}

const ContactPerson* PersonToCall(const Attributes& attributes) {
  return FirstOf(attributes, [](const ContactPerson& person) { return !person.phone().empty(); });
}

std::vector<Channel> ReachableChannels(Channel channel, std::optional<Channel> copy,
                                       const Attributes& attributes) {
  std::vector<Channel> channels;
  if (Reaches(channel, attributes)) channels.push_back(channel);
  if (copy.has_value() && Reaches(*copy, attributes)) channels.push_back(*copy);
  if (channels.empty() && channel == Channel::CHANNEL_MAIL && Reaches(Channel::CHANNEL_LETTER, attributes)) {
    channels.push_back(Channel::CHANNEL_LETTER);
  }
  return channels;
}

}  // namespace relance::scenario
