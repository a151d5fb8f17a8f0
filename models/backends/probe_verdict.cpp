#include "models/backends/probe_verdict.h"

#include "models/backends/access_models.h"
#include "models/backends/support_table.h"
#include "models/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace stepwell {

namespace {

using Token = ProbeReport::Token;

QString tr(const char* text) {
    return QCoreApplication::translate("Probe", text);
}

Token statusFrom(const std::string& name) {
    if (name == "active") return Token::active;
    if (name == "disabled") return Token::disabled;
    return name == "expired" ? Token::expired : Token::unknown;
}

bool isRefusal(const api::Error& error) {
    return error.http == 401 || error.http == 403 || error.code == api::code::authentication;
}

/// A token of an account is not known to the verification of users' tokens, and the other way round.
void readToken(const ProbeFacts& facts, ProbeReport& report) {
    bool isRefused = false;
    for (const auto* answer : {&facts.userToken, &facts.accountToken}) {
        if (!*answer) continue;
        if (!**answer) {
            isRefused = isRefused || isRefusal((*answer)->error());
            continue;
        }
        const auto& token = ***answer;
        report.token = statusFrom(token.status);
        report.tokenExpires = token.expiresOn;
        return;
    }
    const bool anythingWorked = (facts.workflows && *facts.workflows) || (facts.sites && *facts.sites) ||
                                (facts.scripts && *facts.scripts);
    report.token = isRefused && !anythingWorked ? Token::refused : Token::unknown;
}

void readFeature(SupportTable& table, BackendKind kind, Feature feature,
                 const ProbeFacts::Answer<void>& answer) {
    if (!answer || *answer) return;
    const auto& error = answer->error();
    if (isRefusal(error))
        refuse(table, kind, feature,
               tr("The token lacks the permission \"%1\": give it that one, or use another token")
                   .arg(permissionOf(kind, feature)));
    else if (error.http == 404)
        refuse(table, kind, feature, tr("This account has no such thing"));
}

BackendKind kindOf(const BackendSpec& spec, const ProbeFacts& facts) {
    if (facts.health && *facts.health)
        return spec.kind == BackendKind::thisMachine ? spec.kind : BackendKind::stepwell;
    const bool hasNone = facts.health && facts.health->error().http == 404;
    return hasNone || guessBackendKind(spec.apiBase) == BackendKind::cloudflare ? BackendKind::cloudflare
                                                                                : spec.kind;
}

QString problemOf(const BackendSpec& spec, const ProbeFacts& facts, const ProbeReport& report) {
    switch (report.token) {
    case Token::disabled:
        return tr("The token is disabled. Enable it where it was made, or make another one");
    case Token::expired:
        return tr("The token has expired. Make another one");
    case Token::refused:
        return tr(
            "The backend does not know this token. Check that it was copied whole, or make another one");
    default:
        break;
    }
    if (spec.account.isEmpty()) return tr("The token may see no account. Enter the account id");
    const bool isListed = std::any_of(report.accounts.begin(), report.accounts.end(),
                                      [&spec](const auto& account) { return account.id == spec.account; });
    const auto refused = [](const ProbeFacts::Answer<void>& answer) { return answer && !*answer; };
    if (!refused(facts.workflows) || !refused(facts.scripts) || !refused(facts.sites)) return {};
    if (!isListed && !report.accounts.isEmpty())
        return tr("The token may not see the account %1. Choose one of its accounts").arg(spec.account);
    return toQt(facts.workflows->error().message);
}

}  // namespace

ProbeReport verdictOf(const BackendSpec& spec, const ProbeFacts& facts) {
    ProbeReport report;
    report.reachable = true;
    report.kind = kindOf(spec, facts);
    if (facts.accounts)
        for (const auto& account : *facts.accounts)
            report.accounts.append({toQt(account.id), toQt(account.name)});
    readToken(facts, report);
    report.support = defaultSupport(report.kind);
    if (facts.health && *facts.health)
        report.serverVersion = QStringLiteral("stepwell ") + toQt((*facts.health)->version);
    if (facts.access && *facts.access) {
        report.tokenName = toQt((*facts.access)->name);
        report.tokenMay = permissionsText((*facts.access)->permissions);
        applyPermissions(report.support, report.kind, (*facts.access)->permissions);
    }
    readFeature(report.support, report.kind, Feature::workflows, facts.workflows);
    readFeature(report.support, report.kind, Feature::scripts, facts.scripts);
    readFeature(report.support, report.kind, Feature::sites, facts.sites);
    readFeature(report.support, report.kind, Feature::analytics, facts.analytics);
    report.problem = problemOf(spec, facts, report);
    return report;
}

ProbeReport verdictOfExplorer(const api::Result<std::vector<client::ExplorerWorker>>& workers,
                              const QString& found) {
    if (!workers && workers.error().http == 0) return unreachable(BackendKind::wranglerDev, workers.error());
    ProbeReport report;
    report.kind = BackendKind::wranglerDev;
    report.support = defaultSupport(report.kind);
    report.reachable = true;
    report.token = Token::none;
    if (!workers) {
        report.problem =
            tr("Something else than wrangler dev answers there: %1").arg(toQt(workers.error().message));
        return report;
    }
    report.apiBase = found;
    report.serverVersion = tr("wrangler dev of %1").arg(toQt(client::ownName(*workers)));
    return report;
}

ProbeReport unreachable(BackendKind kind, const api::Error& error) {
    ProbeReport report;
    report.kind = kind;
    report.support = defaultSupport(kind);
    report.problem = toQt(error.message);
    report.certificateTrusted = error.code != api::code::certificate;
    return report;
}

}  // namespace stepwell
