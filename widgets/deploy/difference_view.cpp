#include "widgets/deploy/difference_view.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/deploy/preview_pane.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QPainter>
#include <QStackedWidget>
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
        const bool plain = cell.selected && !theme.dark();
        if (index.column() == DifferenceModel::sign) {
            QFont font = theme.mono(13);
            font.setWeight(QFont::DemiBold);
            return text(cell, index.data().toString(), font,
                        theme.color(plain ? Token::text : tokenOf(change)));
        }
        if (index.column() == DifferenceModel::path)
            return text(cell, index.data().toString(), theme.mono(), theme.color(Token::text),
                        Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
        text(cell, sizeText(index.data()), theme.body(), theme.color(Token::mute),
             Qt::AlignRight | Qt::AlignVCenter);
    }
};

}  // namespace

DifferenceView::DifferenceView(DeploySession& session, QWidget* parent)
    : QWidget(parent)
    , session_(session)
    , bar_(new QWidget)
    , against_(makeLabel(QString(), "mute"))
    , stack_(new QStackedWidget)
    , table_(new TableView(QStringLiteral("deployDifference"), rowHeight))
    , empty_(new EmptyState)
    , preview_(new PreviewPane) {
    table_->setObjectName("differenceTable");
    table_->setModel(&model_);
    table_->setItemDelegate(new ChangeDelegate(table_));
    table_->setColumns({{40, 40}, {360, 160}, {150, 110}}, DifferenceModel::path);
    table_->horizontalHeader()->hide();
    auto* chips = new QHBoxLayout(bar_);
    chips->setContentsMargins(16, 8, 16, 8);
    chips->setSpacing(8);
    for (const auto change : {Change::added, Change::changed, Change::moved, Change::removed}) {
        auto* chip = new Chip(changeSign(change));
        chip->setCheckable(true);
        chip->setToolTip(tr("Show only what is %1").arg(changeWord(change)));
        chip->setAccessibleName(changeWord(change));
        connect(chip, &Chip::toggled, this, &DifferenceView::filter);
        chips->addWidget(chip);
        chips_.emplace_back(change, chip);
    }
    chips->addStretch(1);
    chips->addWidget(against_);
    stack_->addWidget(empty_);
    stack_->addWidget(table_);
    preview_->hide();
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(bar_);
    all->addWidget(stack_, 1);
    all->addWidget(preview_);
    connect(&session_, &DeploySession::comparisonChanged, this, &DifferenceView::refresh);
    connect(&session_, &DeploySession::stateChanged, this, &DifferenceView::refresh);
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &DifferenceView::showPreview);
    refresh();
}

void DifferenceView::say(const QString& sentence, const QString& detail) {
    model_.setDifference({});
    bar_->hide();
    preview_->hide();
    empty_->show(EmptyState::Kind::nothingYet, sentence, detail, {});
    stack_->setCurrentWidget(empty_);
}

void DifferenceView::refresh() {
    using State = Comparison::State;
    const auto& comparison = session_.comparison();
    if (session_.state() == DeploySession::State::unreadable)
        return say(tr("This cannot be deployed"), session_.readError());
    if (session_.site() == nullptr) return say(tr("Looking at the files…"), {});
    if (comparison.state == State::unavailable)
        return say(tr("What will change is not known"), comparison.reason);
    if (comparison.state == State::none) return say(tr("Choose a project to see what will change"), {});
    if (comparison.state == State::working) {
        if (model_.rowCount() == 0) say(tr("Comparing…"), {});
        return;
    }
    const auto& difference = *comparison.difference;
    if (difference.isEmpty())
        return say(difference.same == 0 ? tr("There is no file to deploy")
                                        : tr("Nothing would change: these are the files that are there"),
                   {});
    if (shown_ == comparison.difference && stack_->currentWidget() == table_) return;
    shown_ = comparison.difference;
    const std::array counts = {difference.added, difference.changed, difference.moved, difference.removed};
    for (std::size_t i = 0; i < chips_.size(); ++i) {
        auto* chip = chips_[i].second;
        chip->setText(changeSign(chips_[i].first) + format::number(counts.at(i)));
        chip->setVisible(counts.at(i) > 0);
        chip->updateGeometry();
    }
    against_->setText(tr("against %1").arg(comparison.against));
    bar_->show();
    model_.setDifference(comparison.difference);
    stack_->setCurrentWidget(table_);
    preview_->hide();
    // What changed inside is what is looked for first.
    for (int row = 0; difference.changed > 0 && row < model_.rowCount(); ++row) {
        const auto index = model_.index(row, 0);
        if (index.data(DifferenceModel::changeRole).toInt() != static_cast<int>(Change::changed)) continue;
        table_->setCurrentIndex(index);
        break;
    }
}

void DifferenceView::filter() {
    std::set<Change> kinds;
    for (const auto& [change, chip] : chips_)
        if (chip->isChecked()) kinds.insert(change);
    model_.setShown(std::move(kinds));
    showPreview();
}

void DifferenceView::showPreview() {
    const auto* change = model_.at(table_->currentIndex());
    if (change == nullptr) return preview_->hide();
    preview_->showLoading(toQt(change->path));
    preview_->show();
    session_.preview(*change, preview_,
                     [this](const ChangePreview& preview) { preview_->showPreview(preview); });
}

}  // namespace stepwell
