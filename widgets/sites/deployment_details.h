#pragma once

#include "models/backend.h"

#include <QWidget>

class QBoxLayout;

namespace stepwell {

class LogPanel;
class RowsCard;
class SiteThumbnail;

/// How a deployment came to be: where it is shown, from what it was made, its stages, variables and log.
class DeploymentDetails : public QWidget {
    Q_OBJECT
  public:
    explicit DeploymentDetails(Backend& backend, QWidget* parent = nullptr);
    void show(const api::SiteDeployment& deployment);

  signals:
    void addressCopyRequested(const QString& url);

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showAddresses();
    void showFacts();
    void showStages();
    void showVariables();
    void loadLog();

    Backend& backend_;
    api::SiteDeployment deployment_;
    std::vector<api::LogLine> lines_;
    QBoxLayout* columns_;
    RowsCard* addresses_;
    RowsCard* facts_;
    RowsCard* stages_;
    RowsCard* variables_;
    SiteThumbnail* picture_;
    LogPanel* log_;
};

}  // namespace stepwell
