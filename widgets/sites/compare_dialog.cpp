#include "widgets/sites/compare_dialog.h"

#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace stepwell {
namespace {

using Kind = SiteFileDifference::Kind;
constexpr int rowHeight = 30;
const QList<TableView::Width> columnWidths = {{110, 96}, {380, 200}, {90, 80}, {90, 80}};

Token tokenOf(Kind kind) {
    switch (kind) {
    case Kind::added:
        return Token::complete;
    case Kind::changed:
        return Token::waiting;
    case Kind::moved:
        return Token::sleeping;
    case Kind::removed:
        break;
    }
    return Token::errored;
}

QString signOf(Kind kind) {
    switch (kind) {
    case Kind::added:
        return QStringLiteral("+");
    case Kind::changed:
        return QStringLiteral("~");
    case Kind::moved:
        return QStringLiteral("→");
    case Kind::removed:
        break;
    }
    return QStringLiteral("−");
}

class DifferenceDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const auto kind = static_cast<Kind>(index.data(SiteComparisonModel::KindRole).toInt());
        if (index.column() == SiteComparisonModel::Change) {
            const QColor color = cell.selected ? theme.color(Token::text) : theme.color(tokenOf(kind));
            text(cell, signOf(kind), theme.mono(13), color);
            const Cell rest{cell.painter, cell.area.adjusted(18, 0, 0, 0), cell.selected, cell.hovered};
            return text(rest, words, theme.body(), color);
        }
        if (index.column() == SiteComparisonModel::Path)
            return text(cell, words, theme.mono(12), theme.color(Token::text),
                        Qt::AlignLeft | Qt::AlignVCenter, Qt::ElideMiddle);
        text(cell, words, theme.body(), theme.color(Token::mute), Qt::AlignRight | Qt::AlignVCenter);
    }
};

QString nameOf(const api::SiteDeployment& deployment) {
    return QString::fromStdString(deployment.shortId);
}

QString titleFor(CompareDialog::Purpose purpose, const api::SiteDeployment& before,
                 const api::SiteDeployment& after) {
    return purpose == CompareDialog::Purpose::rollBack
               ? QObject::tr("Roll %1 back to %2?")
                     .arg(QString::fromStdString(after.projectName), nameOf(after))
               : QObject::tr("From %1 to %2").arg(nameOf(before), nameOf(after));
}

QString summaryOf(const SiteComparison& comparison) {
    if (comparison.rows.empty())
        return QObject::tr("All %1 files are the same.").arg(format::number(comparison.same));
    QStringList parts;
    const auto add = [&](Kind kind, const QString& word) {
        if (const auto count = comparison.count(kind); count > 0)
            parts << QStringLiteral("%1 %2").arg(format::number(count), word);
    };
    add(Kind::added, QObject::tr("added"));
    add(Kind::changed, QObject::tr("changed"));
    add(Kind::moved, QObject::tr("moved"));
    add(Kind::removed, QObject::tr("removed"));
    parts << QObject::tr("%1 the same").arg(format::number(comparison.same));
    return QObject::tr("%1. %2 → %3.")
        .arg(parts.join(QStringLiteral(", ")), format::bytes(comparison.bytesBefore),
             format::bytes(comparison.bytesAfter));
}

}  // namespace

CompareDialog::CompareDialog(Backend& backend, const api::SiteDeployment& before,
                             const api::SiteDeployment& after, Purpose purpose, QWidget* parent)
    : ActionDialog(titleFor(purpose, before, after),
                   purpose == Purpose::rollBack ? tr("Roll back") : tr("Close"), Look::main, parent)
    , backend_(backend)
    , before_(before)
    , after_(after)
    , purpose_(purpose)
    , summary_(makeLabel(tr("Loading the files of both…"), "small"))
    , table_(new TableView(QStringLiteral("siteComparison"), rowHeight))
    , card_(makeCard()) {
    setObjectName("compareDialog");
    table_->setAccessibleName(tr("Files that differ"));
    table_->setItemDelegate(new DifferenceDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, SiteComparisonModel::Path);
    table_->setMinimumSize(640, 300);
    auto* inside = new QVBoxLayout(card_);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(table_);
    summary_->setWordWrap(true);
    body()->addWidget(summary_);
    body()->addWidget(card_, 1);
    if (purpose == Purpose::rollBack) {
        auto* hint = makeLabel(tr("The hosts of the project show %1 from then on. %2 stays and can be rolled "
                                  "back to in the same way.")
                                   .arg(nameOf(after), nameOf(before)),
                               "small");
        hint->setWordWrap(true);
        body()->addWidget(hint);
        verbButton()->setEnabled(false);
    } else {
        cancelButton()->hide();
    }
    connect(this, &ActionDialog::confirmed, this,
            [this] { purpose_ == Purpose::rollBack ? rollBack() : accept(); });
    load();
}

void CompareDialog::load() {
    const std::array ids = {before_.id, after_.id};
    for (std::size_t side = 0; side < ids.size(); ++side)
        backend_.siteFiles(after_.projectName, ids.at(side), this, [this, side](const auto& answer) {
            if (!answer) {
                summary_->setText(tr("What differs is not known."));
                showError(QString::fromStdString(answer.error().message));
                // A backend that lists no files can roll back all the same.
                verbButton()->setEnabled(true);
                return;
            }
            files_.at(side) = *answer;
            if (files_[0] && files_[1]) take();
        });
}

void CompareDialog::take() {
    model_.setComparison(compareSites(std::move(*files_[0]), std::move(*files_[1])));
    summary_->setText(summaryOf(model_.comparison()));
    card_->setVisible(model_.rowCount() > 0);
    verbButton()->setEnabled(true);
}

void CompareDialog::rollBack() {
    setBusy(tr("Rolling back…"), Body::readable);
    backend_.rollBackSite(after_.projectName, after_.id, this, [this](const auto& answer) {
        if (!answer) return showError(QString::fromStdString(answer.error().message));
        emit rolledBack();
        accept();
    });
}

}  // namespace stepwell
