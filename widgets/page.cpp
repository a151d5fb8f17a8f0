#include "widgets/page.h"

#include "widgets/controls.h"

#include <QStackedWidget>
#include <QVBoxLayout>

namespace stepwell {

Page::Page(QWidget* parent)
    : QWidget(parent) {
    setProperty("kind", "page");
    setAttribute(Qt::WA_StyledBackground);
}

ListCard::ListCard(QWidget* list, QWidget* parent)
    : QWidget(parent)
    , stack_(new QStackedWidget)
    , empty_(new EmptyState) {
    auto* card = makeCard();
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 3, 1, 4);  // keeps the list clear of the rounded corners
    inside->addWidget(stack_);
    stack_->addWidget(list);
    stack_->addWidget(empty_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(card);
}

void ListCard::showList() {
    stack_->setCurrentIndex(0);
}

void ListCard::showEmpty() {
    stack_->setCurrentIndex(1);
}

bool ListCard::showsList() const {
    return stack_->currentIndex() == 0;
}

}  // namespace stepwell
