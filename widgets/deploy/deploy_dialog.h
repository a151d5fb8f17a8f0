#pragma once

#include "models/deploy/deploy_session.h"
#include "models/deploy/site_watch.h"
#include "widgets/action_dialog.h"
#include "widgets/deploy/deploy_words.h"

#include <QElapsedTimer>

class QCheckBox;
class QProgressBar;
class QScrollArea;
class QStackedWidget;

namespace stepwell {

class DeployForm;
class DifferenceView;
class DonePage;
class FittedLabel;

/// From a drop to a site: says what would change, deploys it, and says where it is. Kept open, it watches the
/// folder and deploys again on demand or whenever something was saved. Esc cancels what is under way, then
/// closes.
class DeployDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `backend` must outlive the dialog.
    DeployDialog(Backend& backend, const QStringList& dropped, const QString& esbuild, QWidget* parent);
    ~DeployDialog() override;

    /// Something is on its way up.
    bool isDeploying() const;
    /// Deploys into this project instead of the one that was used the last time.
    void setProject(const QString& project);
    void start();

    DeploySession& session() { return session_; }
    DeployForm& form() { return *form_; }
    DifferenceView& difference() { return *difference_; }
    DonePage& donePage() { return *done_; }

    void reject() override;

  protected:
    bool growsWithContent() const override { return false; }

  signals:
    void deployed(const QString& project, const QString& deployment);
    /// The page of the site is to be shown.
    void siteRequested(const QString& project);

  private:
    QWidget* makePanes();
    QWidget* makeProgress();
    void onState();
    void onFolderChanged();
    /// Tells before anything is deployed that the code does not compile.
    void showCodeProblem();
    void showProgress();
    void showFacts();
    void showVerb();
    void onOver();
    void onVerb();
    void setWatching(bool watching);
    void proposeOwnName();
    void remember() const;

    Backend& backend_;
    DeploySession session_;
    SiteWatch watch_;
    DeployForm* form_;
    DifferenceView* difference_;
    DonePage* done_;
    QScrollArea* doneScroll_;
    QStackedWidget* pages_;
    QWidget* progress_;
    QLabel* phase_;
    FittedLabel* detail_;
    QProgressBar* bar_;
    QCheckBox* watchBox_;
    QCheckBox* onSaveBox_;
    QPushButton* showSite_;
    QString proposed_;  ///< the project by the name of the folder; empty: another was given
    Pace pace_;
    SiteReader::Phase readPhase_ = SiteReader::Phase::idle;
    site::DeployPhase deployPhase_ = site::DeployPhase::checking;
    QElapsedTimer clock_;
};

}  // namespace stepwell
