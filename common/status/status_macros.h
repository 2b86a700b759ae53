#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RELANCE_STATUS_CONCAT_INNER(a, b) a##b
#define RELANCE_STATUS_CONCAT(a, b) RELANCE_STATUS_CONCAT_INNER(a, b)

// Returns from the enclosing function when `expression`, an absl::Status, is not OK.
#define RELANCE_RETURN_IF_ERROR(expression)          \
  do {                                               \
    absl::Status relance_status = (expression);      \
    if (!relance_status.ok()) return relance_status; \
  } while (false)

// Declares or assigns `lhs` from `expression`, an absl::StatusOr, or returns its status.
#define RELANCE_ASSIGN_OR_RETURN(lhs, expression) \
  RELANCE_ASSIGN_OR_RETURN_IMPL(RELANCE_STATUS_CONCAT(relance_or_, __LINE__), lhs, expression)
#define RELANCE_ASSIGN_OR_RETURN_IMPL(holder, lhs, expression) \
  auto holder = (expression);                                  \
  if (!holder.ok()) return std::move(holder).status();         \
  lhs = *std::move(holder)
