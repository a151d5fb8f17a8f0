#pragma once

#include "models/deploy/deploy_session.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace stepwell {

class ComboBox;
class ElidedLabel;

/// The left side of a deploy: project and branch, where it will be, and what to be careful with.
class DeployForm : public QWidget {
    Q_OBJECT
  public:
    DeployForm(DeploySession& session, Backend& backend, QWidget* parent = nullptr);

    /// Chosen when it is among the projects, else offered as a new one.
    void propose(const QString& project, const QString& branch);
    /// Why it cannot be deployed as it stands; empty: it can.
    QString problem() const { return problem_; }
    /// The project as it was typed or chosen.
    QString project() const;

  signals:
    void changed();

  private:
    void loadProjects();
    void takeProjects(const api::Result<std::vector<api::SiteProject>>& projects);
    void check();
    const api::SiteProject* chosenProject() const;
    QString hostOf(const QString& project) const;
    void showAddresses();
    void showWarnings();
    void showRules(const site::RuleFiles& files);
    void warnOfRules(const QString& file, const std::vector<api::SiteRuleMessage>& warnings);

    DeploySession& session_;
    Backend& backend_;
    std::vector<api::SiteProject> projects_;
    bool loaded_ = false;
    QString problem_;

    ComboBox* project_;
    QLabel* projectNote_;
    QLabel* projectCut_;
    ComboBox* branch_;
    QLabel* environment_;
    ElidedLabel* address_;
    ElidedLabel* preview_;
    QWidget* cards_;
    QVBoxLayout* cardRows_;
    QLabel* rules_;
    QLabel* passedOver_;
};

}  // namespace stepwell
