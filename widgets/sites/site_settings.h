#pragma once

#include "models/backend.h"

#include <QWidget>

class QBoxLayout;
class QScrollArea;

namespace stepwell {

class RowsCard;

/// What holds for all deployments of a site: production branch, variables and secrets, hosts, its end.
class SiteSettings : public QWidget {
    Q_OBJECT
  public:
    SiteSettings(Backend& backend, const QString& site, QWidget* parent = nullptr);

    void show(const api::SiteProject& project);
    void loadDomains();
    void focusMain();
    void addVariable(api::SiteEnvironment environment);
    void addDomain();
    void editBranch();

  signals:
    /// Something was saved: the project is to be asked for anew.
    void changed();
    void addressCopyRequested(const QString& url);
    void deletionRequested();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void showGeneral();
    void showVariables(RowsCard& card, api::SiteEnvironment environment);
    void showDomains();
    QWidget* variableRow(const api::SiteVariable& variable, api::SiteEnvironment environment);
    void openVariable(api::SiteEnvironment environment, const api::SiteVariable& variable);
    void askToRemoveVariable(api::SiteEnvironment environment, const QString& name);
    void askToRemoveDomain(const QString& name);
    const api::SiteConfig& config(api::SiteEnvironment environment) const;

    Backend& backend_;
    std::string site_;
    api::SiteProject project_;
    std::optional<api::Result<std::vector<api::SiteDomain>>> domains_;
    QScrollArea* scroll_;
    QBoxLayout* columns_;
    RowsCard* general_;
    RowsCard* hosts_;
    RowsCard* production_;
    RowsCard* previews_;
};

}  // namespace stepwell
