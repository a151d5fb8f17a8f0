#pragma once

#include "models/backends/probe.h"
#include "models/client/parse.h"
#include "models/client/parse_access.h"
#include "models/client/parse_explorer.h"
#include "models/client/parse_graphql.h"

#include <map>
#include <optional>
#include <string>

/// What the answers to a probe mean. Pure functions.
namespace stepwell {

/// Nothing: it was not asked, or there was no answer.
struct ProbeFacts {
    template <class T>
    using Answer = std::optional<api::Result<T>>;
    api::Result<std::vector<client::AccountFacts>> accounts = {};
    Answer<client::TokenFacts> userToken = {};
    Answer<client::TokenFacts> accountToken = {};
    Answer<api::EngineHealth> health = {};
    Answer<client::OwnAccess> access = {};
    Answer<void> workflows = {};
    Answer<void> scripts = {};
    Answer<void> sites = {};
    Answer<void> analytics = {};
};

ProbeReport verdictOf(const BackendSpec& spec, const ProbeFacts& facts);
/// `found`: where it answers, when that is not what was entered.
ProbeReport verdictOfExplorer(const api::Result<std::vector<client::ExplorerWorker>>& workers,
                              const QString& found);
ProbeReport unreachable(BackendKind kind, const api::Error& error);

}  // namespace stepwell
