#pragma once

#include "models/deploy/deploy_session.h"

#include <QString>

namespace stepwell {

/// What the deploy dialog says about numbers and findings.
struct WarningText {
    QString name;    ///< of the file, or of the kind of files; bold
    QString rest;    ///< "would be public. Left out."
    QString action;  ///< "Include anyway"; empty: there is no choice
};
WarningText textOf(const site::Warning& warning);

/// "1,284 files"
QString filesText(std::int64_t count);
/// "4 functions", "1 function"; empty when no file of `functions/` answers requests.
QString functionsText(const site::RuleFiles& rules);
/// "Left out, as wrangler does: .git, node_modules"; empty for nothing.
QString passedOverText(const std::vector<std::string>& paths);
/// Why a `functions/` folder does nothing; empty when there is none or it does something.
QString idleFunctionsText(const site::RuleFiles& rules);
/// "under a second", "12 s", "3 min"
QString timeLeftText(double seconds);

/// Bytes a second out of what was there when, over the last seconds. Pure.
class Pace {
  public:
    void add(double seconds, std::int64_t done);
    void clear();
    /// Nothing until there is something to go by.
    std::optional<double> perSecond() const { return m_rate; }

  private:
    double m_at = 0;
    std::int64_t m_done = 0;
    bool m_started = false;
    std::optional<double> m_rate;
};

/// The line and the part of the bar that tell how far something is; a negative part: not known.
struct ProgressText {
    QString phase;
    QString detail;
    double part = -1;
};
ProgressText textOf(const SiteReader::Progress& progress, std::optional<double> bytesPerSecond);
ProgressText textOf(const site::DeployProgress& progress, std::optional<double> bytesPerSecond);

}  // namespace stepwell
