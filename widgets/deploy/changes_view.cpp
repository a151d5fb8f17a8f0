#include "widgets/deploy/changes_view.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/deploy/preview_pane.h"
#include "widgets/format.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QVBoxLayout>

#include <array>

namespace stepwell {
namespace {

using site::Change;

constexpr int rowHeight = 34;

Token tokenOf(Change change) {
    switch (change) {
    case Change::added:
        return Token::complete;
    case Change::changed:
        return Token::waiting;
    case Change::moved:
        return Token::sleeping;
    case Change::removed:
        break;
    }
    return Token::errored;
}

QString sizeText(const QVariant& sizes) {
    QStringList texts;
    for (const auto& size : sizes.toList())
        texts << format::bytes(size.toLongLong());
    return texts.join(QStringLiteral(" → "));
}

class ChangeDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const auto change = static_cast<Change>(index.data(DifferenceModel::changeRole).toInt());
        if (index.column() == DifferenceModel::sign) {
            QFont font = theme.mono(13);
            font.setWeight(QFont::DemiBold);
            // A shape more than a word: 3:1 is enough, which these have on a selection too.
            return text(cell, index.data().toString(), font, theme.color(tokenOf(change)));
        }
        if (index.column() == DifferenceModel::path)
            return text(cell, index.data().toString(), theme.mono(), theme.color(Token::text),
                        Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
        text(cell, sizeText(index.data()), theme.body(), theme.color(Token::mute),
             Qt::AlignRight | Qt::AlignVCenter);
    }
};

}  // namespace

ChangesView::ChangesView(const QString& settingsKey, QWidget* parent)
    : QWidget(parent)
    , note_(makeLabel(QString(), "mute"))
    , table_(new TableView(settingsKey, rowHeight))
    , preview_(new PreviewPane) {
    table_->setObjectName("differenceTable");
    table_->setAccessibleName(tr("What differs"));
    table_->setModel(&model_);
    table_->setItemDelegate(new ChangeDelegate(table_));
    table_->setColumns({{40, 40}, {360, 160}, {150, 110}}, DifferenceModel::path);
    table_->horizontalHeader()->hide();
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(16, 8, 16, 8);
    bar->setSpacing(8);
    for (const auto change : {Change::added, Change::changed, Change::moved, Change::removed}) {
        auto* chip = new Chip(changeSign(change));
        chip->setCheckable(true);
        chip->setToolTip(tr("Show only what is %1").arg(changeWord(change)));
        chip->setAccessibleName(changeWord(change));
        connect(chip, &Chip::toggled, this, &ChangesView::filter);
        bar->addWidget(chip);
        chips_.emplace_back(change, chip);
    }
    bar->addStretch(1);
    bar->addWidget(note_);
    preview_->hide();
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(bar);
    all->addWidget(table_, 1);
    all->addWidget(preview_);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ChangesView::askForPreview);
}

void ChangesView::setDifference(const std::shared_ptr<const site::Difference>& difference,
                                const QString& note) {
    note_->setText(note);
    if (shown_ == difference) return;
    shown_ = difference;
    preview_->hide();
    model_.setDifference(difference);
    if (!difference) return;
    const std::array counts = {difference->added, difference->changed, difference->moved,
                               difference->removed};
    for (std::size_t i = 0; i < chips_.size(); ++i) {
        auto* chip = chips_[i].second;
        chip->setText(changeSign(chips_[i].first) + format::number(counts.at(i)));
        chip->setHidden(counts.at(i) == 0);
        chip->updateGeometry();
    }
    for (int row = 0; difference->changed > 0 && row < model_.rowCount(); ++row) {
        const auto index = model_.index(row, 0);
        if (index.data(DifferenceModel::changeRole).toInt() != static_cast<int>(Change::changed)) continue;
        table_->setCurrentIndex(index);
        break;
    }
}

void ChangesView::filter() {
    std::set<Change> kinds;
    for (const auto& [change, chip] : chips_)
        if (chip->isChecked()) kinds.insert(change);
    model_.setShown(std::move(kinds));
    askForPreview();
}

void ChangesView::askForPreview() {
    const auto* change = model_.at(table_->currentIndex());
    if (change == nullptr) return preview_->hide();
    preview_->showLoading(toQt(change->path));
    preview_->show();
    emit previewWanted(*change);
}

void ChangesView::showPreview(const ChangePreview& preview) {
    preview_->showPreview(preview);
}

}  // namespace stepwell
