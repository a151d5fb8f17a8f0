#include "widgets/worker/rows_card.h"

#include "widgets/controls.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace stepwell {

namespace {

constexpr int rowHeight = 34;
constexpr int headHeight = 28;
constexpr int side = 16;

}  // namespace

RowsCard::RowsCard(const QString& title, QWidget* parent)
    : QFrame(parent)
    , head_(new QHBoxLayout)
    , rows_(new QVBoxLayout)
    , sentence_(makeLabel(QString(), "small"))
    , note_(makeLabel(QString(), "small")) {
    setProperty("kind", "card");
    setAccessibleName(title);
    for (auto* label : {sentence_, note_}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setContentsMargins(side, 2, side, 4);
        label->hide();
    }
    head_->setContentsMargins(side, 0, 8, 0);
    head_->setSpacing(8);
    auto* name = makeLabel(title, "cardTitle");
    name->setMinimumHeight(headHeight);  // the same with and without an action beside it
    head_->addWidget(name);
    head_->addStretch(1);
    rows_->setContentsMargins(0, 0, 0, 0);
    rows_->setSpacing(0);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(1, 4, 1, 4);
    all->setSpacing(4);
    all->addLayout(head_);
    all->addLayout(rows_);
    all->addWidget(sentence_);
    all->addWidget(note_);
}

void RowsCard::addAction(QWidget* action) {
    head_->addWidget(action);
}

void RowsCard::clearRows() {
    content_.clear();
    while (auto* item = rows_->takeAt(0)) {
        if (auto* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();  // it may be its own button that led here
        }
        delete item;
    }
}

void RowsCard::setRows(const QStringList& content, const std::function<QWidget*(int row)>& build) {
    sentence_->hide();
    if (content == content_) return;
    clearRows();
    content_ = content;
    for (int row = 0; row < rowCount(); ++row) {
        rows_->addWidget(makeLine(Qt::Horizontal));
        rows_->addWidget(build(row));
    }
}

void RowsCard::setSentence(const QString& text, Tone tone) {
    clearRows();
    setLook(sentence_, "kind", tone == Tone::bad ? "error" : "small");
    sentence_->setText(text);
    sentence_->show();
}

void RowsCard::setNote(const QString& text) {
    note_->setText(text);
    note_->setVisible(!text.isEmpty());
}

QWidget* makeCardRow(const std::vector<QWidget*>& widgets) {
    auto* row = new QWidget;
    row->setMinimumHeight(rowHeight);
    auto* layout = new QHBoxLayout(row);
    // Links have air of their own around their words.
    const bool opensWithLink = !widgets.empty() && qobject_cast<QPushButton*>(widgets.front()) != nullptr;
    const bool endsWithLink = !widgets.empty() && qobject_cast<QPushButton*>(widgets.back()) != nullptr;
    layout->setContentsMargins(opensWithLink ? side - 5 : side, 2, endsWithLink ? 8 : side, 2);
    layout->setSpacing(12);
    for (auto* widget : widgets)
        layout->addWidget(widget, widget->sizePolicy().horizontalStretch());
    return row;
}

}  // namespace stepwell
