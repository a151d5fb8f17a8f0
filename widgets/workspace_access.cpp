#include "widgets/backends/audit_page.h"
#include "widgets/backends/tokens_page.h"
#include "widgets/main_window.h"
#include "widgets/notice_bar.h"
#include "widgets/workspace.h"

#include <QStackedWidget>

namespace stepwell {

void Workspace::showAccess(const Place& place) {
    const auto make = [this]() -> std::unique_ptr<AccessService> {
        if (setup_.makeAccess) return setup_.makeAccess(*backend_);
        const auto address = backend_->siteAddress();
        return address ? makeAccessService(*address) : nullptr;
    };
    const bool ofTokens = place.area == Area::tokens;
    if (ofTokens ? tokens_ == nullptr : audit_ == nullptr) {
        auto access = make();
        if (access == nullptr)
            return notices_->post(NoticeBar::Kind::warning, tr("This backend has no tokens of its own"));
        if (ofTokens)
            pages_->addWidget(tokens_ = new TokensPage(std::move(access)));
        else
            pages_->addWidget(audit_ = new AuditPageView(std::move(access)));
    }
    Page* page = ofTokens ? static_cast<Page*>(tokens_) : audit_;
    pages_->setCurrentWidget(page);
    page->focusMain();
}

void Workspace::dropAccessPages() {
    delete tokens_;
    tokens_ = nullptr;
    delete audit_;
    audit_ = nullptr;
}

}  // namespace stepwell
