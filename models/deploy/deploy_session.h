#pragma once

#include "models/backend.h"
#include "models/deploy/code_build.h"
#include "models/deploy/site_reader.h"
#include "models/site/difference.h"
#include "models/site/uploader.h"
#include "models/site/warnings.h"
#include "models/site_contents.h"

#include <QPointer>

#include <optional>

namespace stepwell {

struct ChangePreview;

/// Where a deployment goes.
struct DeployTarget {
    QString project;
    bool isNew = false;
    QString branch;
    QString productionBranch;

    bool isProduction() const { return branch == productionBranch; }
    friend bool operator==(const DeployTarget&, const DeployTarget&) = default;
};

/// What a deployment would change, as far as it is known.
struct Comparison {
    enum class State { none, working, known, unavailable } state = State::none;
    std::shared_ptr<const site::Difference> difference;  ///< when known
    QString against;                                     ///< "what is live", "the last deployment of dev"
    QString reason;                                      ///< when unavailable
    QString unseen;             ///< what is not compared, as a sentence; empty: all is
    site::DeploymentName with;  ///< that the difference is to
};

/// One drop on its way to being a site: read, compared with what is live, decided on, deployed; and again,
/// when it is kept. GUI thread; nothing blocks. `backend` must outlive it.
class DeploySession : public QObject {
    Q_OBJECT
  public:
    enum class State { reading, unreadable, ready, bundling, deploying, over };
    Q_ENUM(State)

    DeploySession(Backend& backend, QStringList dropped, QString esbuild, QObject* parent = nullptr);
    ~DeploySession() override;

    /// Reads what was dropped, or reads it again.
    void read();
    /// The same for a folder that is watched, quietly: the window changes when there is news. With
    /// `thenDeploy`, news is deployed.
    void readAgain(bool thenDeploy);
    State state() const { return m_state; }
    const SiteReader& reader() const { return m_reader; }
    /// Null until it was read.
    const site::LocalSite* site() const { return m_reader.site().get(); }
    QString readError() const { return m_readError; }

    /// What goes up, by what was decided.
    std::int64_t chosenFiles() const { return static_cast<std::int64_t>(m_chosen.size()); }
    std::int64_t chosenBytes() const { return m_chosenBytes; }
    const std::vector<site::Warning>& warnings() const { return m_warnings; }
    void setIncluded(site::Concern concern, bool included);
    /// Whether there is anything to deploy.
    bool hasSomething() const;

    void setTarget(const DeployTarget& target);
    const DeployTarget& target() const { return m_target; }
    const Comparison& comparison() const { return m_comparison; }
    /// Loads what both sides of a change are; `done` is dropped when a newer call was made.
    void preview(const site::FileChange& change, QObject* context,
                 std::function<void(const ChangePreview&)> done);

    /// Uploads and publishes. Ends with the state `over`; see `outcome`.
    void deploy();
    /// Once more, when it is over: files are read anew, and what went up stays.
    void retry();
    void cancel();
    site::DeployProgress progress() const;
    const site::DeployOutcome& outcome() const { return m_outcome; }
    /// Back from `over` to `ready`, with what is live now.
    void startOver();
    const QString& bundleError() const { return m_bundleError; }
    /// Lines of `_headers` and `_redirects` that will not hold, as far as the backend told.
    const api::SiteRules& checkedRules() const { return m_checkedRules; }

  signals:
    void stateChanged();
    /// While reading and deploying, at most every 50 ms.
    void progressChanged();
    void filesChanged();
    void comparisonChanged();

  private:
    void setState(State state);
    void onRead();
    void choose();
    void findLive();
    void fetchLive(const std::string& deployment, int generation);
    void compare();
    bool knowsCode() const;
    void buildForComparison();
    void dropComparedBuild();
    void checkRules();
    /// What this site consists of beside its files; nothing when its code is not known.
    std::optional<std::vector<site::Part>> localParts() const;
    void setComparison(Comparison::State state, const QString& reason = {});
    void knowImports(const SiteCode& code);
    void buildCode();
    void upload(const SiteCode& code);
    void onOutcome(site::DeployOutcome outcome);

    Backend& m_backend;
    QString m_esbuild;
    SiteReader m_reader;
    std::optional<site::SiteAddress> m_address;
    std::shared_ptr<site::Stop> m_stop;
    State m_state = State::reading;
    QString m_readError;
    QString m_bundleError;
    bool m_deployWhenRead = false;
    bool m_quiet = false;  ///< what is read now was read before
    bool m_compareWhenRead = false;

    SiteReader::Site m_readBefore;  ///< as it was chosen from
    std::set<site::Concern> m_decided;
    std::vector<const site::LocalFile*> m_chosen;
    std::int64_t m_chosenBytes = 0;
    std::vector<site::Warning> m_warnings;
    api::SiteRules m_checkedRules;
    int m_ruleChecks = 0;

    DeployTarget m_target;
    Comparison m_comparison;
    std::shared_ptr<const SiteContents> m_live;  ///< null: not known
    site::DeploymentName m_liveName;
    /// The code as it was compiled to be compared: what is deployed is compiled anew.
    struct ComparedCode {
        site::RuleFiles rules;
        bool isProduction = false;
        std::optional<std::vector<site::Part>> parts{};  ///< nothing: it does not compile, or not yet
    };
    std::optional<ComparedCode> m_comparedCode;
    std::unique_ptr<CodeBuild> m_comparedBuild;
    std::optional<std::string> m_importStamp;  ///< of what the code imports, as it was compiled or read last
    int m_generation = 0;                      ///< of the comparison
    int m_previews = 0;

    std::unique_ptr<CodeBuild> m_build;
    std::shared_ptr<site::Uploader> m_uploader;
    site::DeployOutcome m_outcome;
    QTimer m_tick;
};

}  // namespace stepwell
