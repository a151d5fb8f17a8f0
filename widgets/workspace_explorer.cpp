#include "widgets/analytics/explorer_page.h"
#include "widgets/workspace.h"

#include <QStackedWidget>

namespace stepwell {

void Workspace::showExplorer() {
    if (explorer_ == nullptr) {
        explorer_ = new ExplorerPage(*backend_);
        pages_->addWidget(explorer_);
    }
    pages_->setCurrentWidget(explorer_);
    explorer_->focusMain();
}

void Workspace::exploreQuery(const GraphqlQuery& query, const QString& origin) {
    if (backend_ == nullptr) return;
    navigator_.go(placeOfExplorer());
    if (navigator_.current() == placeOfExplorer() && explorer_ != nullptr)
        explorer_->openQuery(query, origin);
}

}  // namespace stepwell
