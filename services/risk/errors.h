#pragma once

// Reasons of the risk service. A repeat may succeed where the line says so; reasons are never reused.
namespace relance::risk {

// INVALID_ARGUMENT. The page token is not of this question. Metadata: none. A repeat fails.
inline constexpr char kPageTokenInvalid[] = "PAGE_TOKEN_INVALID";

}  // namespace relance::risk
