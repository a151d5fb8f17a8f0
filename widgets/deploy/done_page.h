#pragma once

#include "models/site/uploader.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace stepwell {

class QrView;

/// What came out of a deploy: where it is, how long it took, what was skipped; or which files failed and why.
class DonePage : public QWidget {
    Q_OBJECT
  public:
    explicit DonePage(QWidget* parent = nullptr);

    void showPublished(const site::DeployOutcome& outcome);
    void showFailed(const site::DeployOutcome& outcome);
    /// What the backend told about it: warnings are shown.
    void showLog(const std::vector<api::SiteLogLine>& lines);
    /// The address of the deployment; empty when it failed.
    const QString& address() const { return address_; }

  private:
    void clear();
    void addAddress(const QString& label, const QString& url);
    void addFailedFiles(const std::vector<site::FailedFile>& failed);
    void addHeadline(const QString& text, const QString& detail, bool good);

    QString address_;
    QVBoxLayout* rows_;
    QVBoxLayout* notes_ = nullptr;  ///< of what was published
};

}  // namespace stepwell
