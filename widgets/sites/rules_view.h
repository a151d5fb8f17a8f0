#pragma once

#include "models/api/error.h"
#include "models/api/site_answer.h"

#include <QWidget>

class QStackedWidget;

namespace stepwell {

class EmptyState;
class RowsCard;

/// Redirects, header rules, routes and functions of a deployment, as they were parsed, with what the parser
/// has to say.
class SiteRulesView : public QWidget {
    Q_OBJECT
  public:
    explicit SiteRulesView(QWidget* parent = nullptr);
    void show(const api::Result<api::SiteRules>& rules);

  private:
    void showRedirects(const api::SiteRules& rules);
    void showHeaders(const api::SiteRules& rules);
    void showWorker(const api::SiteRules& rules);

    QStackedWidget* stack_;
    EmptyState* missing_;
    RowsCard* redirects_;
    RowsCard* redirectMessages_;
    RowsCard* headers_;
    RowsCard* headerMessages_;
    RowsCard* worker_;
};

}  // namespace stepwell
