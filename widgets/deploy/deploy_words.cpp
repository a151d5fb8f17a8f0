#include "widgets/deploy/deploy_words.h"

#include "models/site/functions_routes.h"
#include "models/text.h"
#include "widgets/format.h"

#include <QObject>

#include <algorithm>
#include <cmath>

namespace stepwell {

using site::Concern;

namespace {

constexpr double settleSeconds = 2.0;  ///< how long the past counts in a pace

QString tr(const char* text) {
    return QObject::tr(text);
}

QString kindOf(Concern concern, std::size_t count) {
    const auto many = [&](const char* text) {
        return tr(text).arg(format::number(static_cast<qint64>(count)));
    };
    switch (concern) {
    case Concern::secrets:
        return many("%1 files with secrets");
    case Concern::git:
        return many("%1 files of a Git repository");
    case Concern::privateKey:
        return many("%1 private keys");
    case Concern::sourceMap:
        return many("%1 source maps");
    case Concern::outsideLink:
        return many("%1 links out of the folder");
    case Concern::tooLarge:
        return many("%1 files over 25 MiB");
    case Concern::brokenLink:
        return many("%1 broken links");
    case Concern::linkLoop:
        return many("%1 links in a circle");
    case Concern::special:
        return many("%1 devices and pipes");
    case Concern::badName:
        return many("%1 names that are not UTF-8");
    case Concern::repeated:
        return many("%1 files that are in the archive more than once");
    case Concern::sameButCase:
        return many("%1 names like others but for upper and lower case");
    case Concern::unreadable:
        break;
    }
    return many("%1 files that cannot be read");
}

QString reasonOf(Concern concern, bool included) {
    switch (concern) {
    case Concern::tooLarge:
        return tr("over 25 MiB, the most a file may have. Left out.");
    case Concern::brokenLink:
        return tr("leads nowhere. Left out.");
    case Concern::linkLoop:
        return tr("leads back to itself. Left out.");
    case Concern::special:
        return tr("is no file. Left out.");
    case Concern::badName:
        return tr("has a name that is not UTF-8. Left out.");
    case Concern::unreadable:
        return tr("cannot be read. Left out.");
    case Concern::repeated:
        return tr("is in the archive more than once: the last one is deployed.");
    case Concern::sameButCase:
        return tr("has the name of another file but for upper and lower case. Both are deployed.");
    case Concern::outsideLink:
        return included ? tr("links out of the folder. Included.") : tr("links out of the folder. Left out.");
    case Concern::sourceMap:
        return included ? tr("will show your sources.") : tr("would show your sources. Left out.");
    default:
        return included ? tr("will be public.") : tr("would be public. Left out.");
    }
}

}  // namespace

WarningText textOf(const site::Warning& warning) {
    WarningText text;
    text.name = warning.paths.size() == 1 ? toQt(warning.paths.front())
                                          : kindOf(warning.concern, warning.paths.size());
    text.rest = reasonOf(warning.concern, warning.included);
    const bool isOne = warning.paths.size() == 1;
    if (!isOne && warning.concern == Concern::repeated) text.rest = tr("The last one of each is deployed.");
    if (!isOne && warning.concern == Concern::sameButCase) text.rest = tr("All are deployed.");
    if (!isOne) text.rest.replace(tr("leads "), tr("lead ")).replace(tr("links out"), tr("link out"));
    if (site::canInclude(warning.concern))
        text.action = warning.included ? tr("Leave out") : tr("Include anyway");
    return text;
}

QString functionsText(const site::RuleFiles& rules) {
    const auto count = std::count_if(rules.functions.begin(), rules.functions.end(), [](const auto& file) {
        return file.mayAnswer && !site::isMiddlewareFile(file.path);
    });
    if (count == 1) return tr("1 function");
    if (count > 1) return tr("%1 functions").arg(format::number(static_cast<qint64>(count)));
    return rules.hasFunctions() ? tr("middleware") : QString();
}

QString passedOverText(const std::vector<std::string>& paths) {
    constexpr std::size_t mostNamed = 3;
    QStringList names;
    for (std::size_t i = 0; i < paths.size() && i < mostNamed; ++i)
        names << toQt(paths[i]);
    if (names.isEmpty()) return {};
    const QString more =
        paths.size() > static_cast<std::size_t>(names.size()) ? QObject::tr(" and others") : QString();
    return QObject::tr("Left out, as wrangler does: %1").arg(names.join(QStringLiteral(", ")) + more);
}

QString idleFunctionsText(const site::RuleFiles& rules) {
    if (rules.functionsFolder.empty() || rules.hasFunctions()) return {};
    if (rules.hasWorker()) return tr("is not used: the _worker.js of the site answers every request.");
    return tr("holds nothing that answers requests: no file in it exports onRequest.");
}

QString filesText(std::int64_t count) {
    return count == 1 ? tr("1 file") : tr("%1 files").arg(format::number(count));
}

QString timeLeftText(double seconds) {
    if (seconds < 1) return tr("under a second left");
    if (seconds < 100) return tr("%1 s left").arg(static_cast<int>(std::ceil(seconds)));
    if (seconds < 6'000) return tr("%1 min left").arg(static_cast<int>(std::ceil(seconds / 60)));
    return tr("%1 h left").arg(static_cast<int>(std::ceil(seconds / 3'600)));
}

void Pace::clear() {
    *this = {};
}

void Pace::add(double seconds, std::int64_t done) {
    const double passed = seconds - m_at;
    if (m_started && passed <= 0) return;
    if (m_started && done >= m_done) {
        const double now = static_cast<double>(done - m_done) / passed;
        const double weight = 1 - std::exp(-passed / settleSeconds);
        m_rate = m_rate ? *m_rate + (now - *m_rate) * weight : now;
    }
    m_started = true;
    m_at = seconds;
    m_done = done;
}

namespace {

/// Of bytes.
struct Share {
    std::int64_t done = 0, all = 0;

    double part() const {
        return all > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(all)) : 1.0;
    }
};

/// " · 12 MB/s · 3 s left"; empty when there is nothing to go by.
QString paceText(const Share& share, std::optional<double> perSecond) {
    if (!perSecond || *perSecond <= 1) return {};
    QString text = tr(" · %1/s").arg(format::bytes(static_cast<std::int64_t>(*perSecond)));
    if (share.all > share.done)
        text += tr(" · %1").arg(timeLeftText(static_cast<double>(share.all - share.done) / *perSecond));
    return text;
}

QString sharesText(std::int64_t files, std::int64_t allFiles, const Share& bytes) {
    return tr("%1 of %2 · %3 of %4")
        .arg(format::number(files), filesText(allFiles), format::bytes(bytes.done), format::bytes(bytes.all));
}

/// The list of files and the code are on their way, or the backend is at work: how long that takes it does
/// not say.
ProgressText publishingText(const site::DeployProgress& progress, const Share& bytes,
                            std::optional<double> bytesPerSecond) {
    const auto whole = tr("%1 · %2").arg(filesText(progress.siteFiles), format::bytes(progress.siteBytes));
    if (bytes.all <= 0 || bytes.done >= bytes.all)
        return {tr("Publishing"), tr("%1 · waiting for the backend").arg(whole), -1};
    return {
        tr("Publishing"),
        tr("%1 · list and code: %2 of %3").arg(whole, format::bytes(bytes.done), format::bytes(bytes.all)) +
            paceText(bytes, bytesPerSecond),
        bytes.part()};
}

}  // namespace

ProgressText textOf(const SiteReader::Progress& progress, std::optional<double> bytesPerSecond) {
    using Phase = SiteReader::Phase;
    const Share bytes{progress.bytes, progress.allBytes};
    switch (progress.phase) {
    case Phase::unpacking:
        return {tr("Unpacking"),
                bytes.done > 0 ? format::bytes(bytes.done) + paceText({}, bytesPerSecond) : QString(), -1};
    case Phase::hashing:
        return {tr("Hashing"),
                sharesText(progress.files, progress.allFiles, bytes) + paceText(bytes, bytesPerSecond),
                bytes.part()};
    default:
        return {tr("Reading"), {}, -1};
    }
}

ProgressText textOf(const site::DeployProgress& progress, std::optional<double> bytesPerSecond) {
    using Phase = site::DeployPhase;
    ProgressText text;
    const Share bytes{progress.bytes, progress.allBytes};
    const auto shares =
        sharesText(progress.files, progress.allFiles, bytes) + paceText(bytes, bytesPerSecond);
    switch (progress.phase) {
    case Phase::checking:
        text = {tr("Checking"), shares, progress.files > 0 ? bytes.part() : -1};
        break;
    case Phase::publishing:
        text = publishingText(progress, bytes, bytesPerSecond);
        break;
    case Phase::uploading:
        text = {tr("Uploading"), shares, bytes.part()};
    }
    if (!progress.trouble.empty()) {
        const auto wait = std::chrono::duration<double>(progress.retryAt - std::chrono::steady_clock::now());
        text.detail = tr("%1 Trying again in %2 s.")
                          .arg(toQt(progress.trouble))
                          .arg(std::max(1, static_cast<int>(std::ceil(wait.count()))));
    }
    return text;
}

}  // namespace stepwell
