#include "widgets/sites/site_deletion.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/icons.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QCheckBox>
#include <QVBoxLayout>

#include <algorithm>

namespace stepwell {
namespace {

using Kind = SiteDeletionModel::Kind;
constexpr int rowHeight = 30;
const QList<TableView::Width> columnWidths = {{110, 96}, {170, 120}, {300, 160}};

Kind kindOf(const api::SiteDeployment& deployment) {
    if (deployment.live.value_or(false)) return Kind::live;
    // Backends without our additions tell of the branches of previews alone.
    return deployment.newestOfBranch.value_or(!deployment.aliases.empty()) ? Kind::newest : Kind::deletable;
}

class OutcomeDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const QString words = index.data(Qt::DisplayRole).toString();
        const auto kind = static_cast<Kind>(index.data(SiteDeletionModel::KindRole).toInt());
        if (index.column() == SiteDeletionModel::Deployment)
            return text(cell, words, theme.mono(12), theme.color(Token::text));
        if (index.column() == SiteDeletionModel::Branch)
            return text(cell, words, theme.body(), theme.color(Token::mute), Qt::AlignLeft | Qt::AlignVCenter,
                        Qt::ElideMiddle);
        if (kind == Kind::failed) return status(cell, {api::Status::errored}, words);
        if (kind == Kind::deleted) return status(cell, {api::Status::complete}, words);
        if (kind == Kind::deletable) return text(cell, words, theme.body(), theme.color(Token::mute));
        paintGlyph(cell.painter, QRectF(cell.area.left(), cell.area.center().y() - 7, 15, 15), Glyph::lock,
                   theme.color(Token::waiting));
        const Cell rest{cell.painter, cell.area.adjusted(20, 0, 0, 0), cell.selected, cell.hovered};
        text(rest, words, theme.body(), theme.color(Token::text));
    }
};

}  // namespace

SiteDeletionModel::SiteDeletionModel(std::vector<api::SiteDeployment> deployments, QObject* parent)
    : ListModel({{tr("Deployment")}, {tr("Branch")}, {tr("What happens")}}, parent) {
    for (auto& deployment : deployments) {
        const auto kind = kindOf(deployment);
        rows_.push_back({std::move(deployment), kind, {}});
    }
}

void SiteDeletionModel::setOutcome(int row, Kind kind, const QString& reason) {
    rows_[static_cast<std::size_t>(row)].kind = kind;
    rows_[static_cast<std::size_t>(row)].reason = reason;
    emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
}

void SiteDeletionModel::setTakesNewest(bool takes) {
    takesNewest_ = takes;
    if (rows() > 0) emit dataChanged(index(0, 0), index(rows() - 1, ColumnCount - 1));
}

std::vector<int> SiteDeletionModel::wanted() const {
    std::vector<int> wanted;
    for (int row = 0; row < rows(); ++row)
        if (kind(row) == Kind::deletable || (takesNewest_ && kind(row) == Kind::newest))
            wanted.push_back(row);
    return wanted;
}

int SiteDeletionModel::count(Kind kind) const {
    return static_cast<int>(
        std::count_if(rows_.begin(), rows_.end(), [kind](const Row& row) { return row.kind == kind; }));
}

QVariant SiteDeletionModel::value(int at, int column, int role) const {
    const auto& row = rows_[static_cast<std::size_t>(at)];
    if (role == KindRole) {
        const bool taken = row.kind == Kind::newest && takesNewest_;
        return static_cast<int>(taken ? Kind::deletable : row.kind);
    }
    if (role == Qt::ToolTipRole && column == Outcome && !row.reason.isEmpty()) return row.reason;
    if (role != Qt::DisplayRole) return {};
    if (column == Deployment) return toQt(row.deployment.shortId);
    if (column == Branch) return toQt(row.deployment.branch);
    switch (row.kind) {
    case Kind::deletable:
        return tr("is deleted");
    case Kind::newest:
        if (takesNewest_)
            return row.deployment.aliases.empty() ? tr("is deleted") : tr("is deleted, with its alias");
        return row.deployment.aliases.empty()
                   ? tr("stays: it is the newest of its branch")
                   : tr("stays: %1 shows it").arg(toQt(row.deployment.aliases.front()));
    case Kind::live:
        return tr("stays: it is live");
    case Kind::deleted:
        return tr("Deleted");
    case Kind::failed:
        break;
    }
    return row.reason;
}

SiteDeletionDialog::SiteDeletionDialog(Backend& backend, const QString& site,
                                       std::vector<api::SiteDeployment> deployments, int notLoaded,
                                       QWidget* parent)
    : ActionDialog(tr("Delete deployments of %1?").arg(site), tr("Delete"), Look::danger, parent)
    , backend_(backend)
    , site_(site.toStdString())
    , model_(std::move(deployments))
    , notLoaded_(notLoaded)
    , summary_(makeLabel(QString(), "small"))
    , newest_(new QCheckBox(tr("Also the newest of each branch, which then shows the one before")))
    , stop_(addButton(tr("Stop"))) {
    setObjectName("siteDeletionDialog");
    auto* table = new TableView(QStringLiteral("siteDeletion"), rowHeight);
    table->setAccessibleName(tr("Deployments"));
    table->setItemDelegate(new OutcomeDelegate(table));
    table->setModel(&model_);
    table->setColumns(columnWidths, SiteDeletionModel::Outcome);
    table->setMinimumSize(600, 240);
    auto* card = makeCard();
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(table);
    summary_->setWordWrap(true);
    body()->addWidget(summary_);
    body()->addWidget(card, 1);
    body()->addWidget(newest_);
    newest_->setVisible(model_.count(Kind::newest) > 0);
    stop_->hide();
    connect(newest_, &QCheckBox::toggled, this, [this](bool takes) {
        model_.setTakesNewest(takes);
        update();
    });
    connect(stop_, &QPushButton::clicked, this, [this] { stopped_ = true; });
    connect(this, &ActionDialog::confirmed, this, [this] {
        if (finished_) return accept();
        queue_ = model_.wanted();
        working_ = true;
        stop_->show();
        setBusy(tr("Deleting…"), Body::readable);
        newest_->setEnabled(false);
        next();
    });
    update();
}

void SiteDeletionDialog::update() {
    const auto wanted = static_cast<int>(model_.wanted().size());
    const int kept = model_.rowCount() - wanted;
    QStringList lines;
    if (wanted == 0) lines << tr("None of them can be deleted.");
    if (wanted == 1) lines << tr("One deployment is deleted, and its address answers no more.");
    if (wanted > 1)
        lines << tr("%1 deployments are deleted, and their addresses answer no more.")
                     .arg(format::number(wanted));
    if (kept == 1) lines << tr("One is protected and stays.");
    if (kept > 1) lines << tr("%1 are protected and stay.").arg(format::number(kept));
    if (notLoaded_ > 0)
        lines << tr("%1 more were chosen that were never shown: they stay.").arg(format::number(notLoaded_));
    if (wanted > 0) lines << tr("This cannot be undone.");
    summary_->setText(lines.join(QLatin1Char(' ')));
    setVerb(wanted == 1 ? tr("Delete deployment") : tr("Delete %1 deployments").arg(format::number(wanted)));
    verbButton()->setEnabled(wanted > 0);
}

void SiteDeletionDialog::next() {
    if (queue_.empty() || stopped_) return finish();
    const int row = queue_.back();
    queue_.pop_back();
    const auto deletion =
        model_.kind(row) == Kind::newest ? Backend::SiteDeletion::withAliases : Backend::SiteDeletion::alone;
    backend_.deleteSiteDeployment(site_, model_.at(row).id, deletion, this, [this, row](const auto& answer) {
        if (answer)
            model_.setOutcome(row, Kind::deleted);
        else
            model_.setOutcome(row, Kind::failed, QString::fromStdString(answer.error().message));
        const int done = model_.count(Kind::deleted) + model_.count(Kind::failed);
        setBusy(tr("Deleting… %1 of %2").arg(done).arg(done + static_cast<int>(queue_.size())),
                Body::readable);
        next();
    });
}

void SiteDeletionDialog::finish() {
    const int deleted = model_.count(Kind::deleted);
    const int failed = model_.count(Kind::failed);
    working_ = false;
    finished_ = true;
    stop_->hide();
    newest_->hide();
    emit changed();
    if (failed == 0 && !stopped_) return accept();
    QString text = tr("%1 deleted").arg(format::number(deleted));
    if (failed > 0) text += tr(", %1 refused: the reasons are in the list").arg(format::number(failed));
    if (stopped_) text += tr(", %1 left alone").arg(format::number(static_cast<std::int64_t>(queue_.size())));
    summary_->hide();
    setVerb(tr("Close"));
    showError(text + QLatin1Char('.'));
    cancelButton()->hide();
}

}  // namespace stepwell
