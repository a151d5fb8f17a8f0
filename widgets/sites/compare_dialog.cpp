#include "widgets/sites/compare_dialog.h"

#include "models/deploy/deploy_pool.h"
#include "widgets/controls.h"
#include "widgets/deploy/preview_pane.h"
#include "widgets/format.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr QSize leastSize{680, 420};

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

QString summaryOf(const site::Difference& difference, bool comparesParts) {
    const QString unseen =
        comparesParts ? QString()
                      : QObject::tr(" This backend does not tell rules and code: only files are compared.");
    if (difference.isEmpty())
        return (comparesParts ? QObject::tr("Both are the same: files, rules and code.")
                              : QObject::tr("All files are the same.")) +
               unseen;
    QStringList parts;
    const auto add = [&](std::int64_t count, const QString& word) {
        if (count > 0) parts << QStringLiteral("%1 %2").arg(format::number(count), word);
    };
    add(difference.added, QObject::tr("added"));
    add(difference.changed, QObject::tr("changed"));
    add(difference.moved, QObject::tr("moved"));
    add(difference.removed, QObject::tr("removed"));
    parts << QObject::tr("%1 the same").arg(format::number(difference.same));
    return QObject::tr("%1. %2 → %3.")
               .arg(parts.join(QStringLiteral(", ")), format::bytes(difference.bytesBefore),
                    format::bytes(difference.bytesAfter)) +
           unseen;
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
    , stop_(std::make_shared<site::Stop>(false))
    , summary_(makeLabel(tr("Loading the files of both…"), "small"))
    , changes_(new ChangesView(QStringLiteral("siteComparison")))
    , card_(makeCard()) {
    setObjectName("compareDialog");
    changes_->setMinimumSize(leastSize);
    auto* inside = new QVBoxLayout(card_);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(changes_);
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
        guardProduction();
    } else {
        cancelButton()->hide();
    }
    connect(changes_, &ChangesView::previewWanted, this, &CompareDialog::preview);
    connect(this, &ActionDialog::confirmed, this,
            [this] { purpose_ == Purpose::rollBack ? rollBack() : accept(); });
    load();
}

CompareDialog::~CompareDialog() {
    *stop_ = true;
}

void CompareDialog::load() {
    const std::array ids = {before_.id, after_.id};
    for (std::size_t side = 0; side < ids.size(); ++side)
        loadSiteContents(backend_, after_.projectName, ids.at(side), this, [this, side](const auto& answer) {
            if (!answer) {
                summary_->setText(tr("What differs is not known."));
                showError(QString::fromStdString(answer.error().message));
                // A backend that lists no files can roll back all the same.
                verbButton()->setEnabled(true);
                return;
            }
            contents_.at(side) = *answer;
            if (contents_[0] && contents_[1]) take();
        });
}

void CompareDialog::take() {
    const bool comparesParts = contents_[0]->hasParts && contents_[1]->hasParts;
    const auto work = [before = contents_[0], after = contents_[1], comparesParts] {
        auto was = site::itemsOf(before->entries);
        auto is = site::itemsOf(after->entries);
        if (!comparesParts)
            for (auto* items : {&was, &is})
                std::erase_if(*items, [](const site::Item& item) { return !item.path.starts_with('/'); });
        return std::make_shared<const site::Difference>(site::differenceOf(std::move(was), std::move(is)));
    };
    runDeployWork(this, work,
                  [this, comparesParts](const std::shared_ptr<const site::Difference>& difference) {
                      difference_ = difference;
                      changes_->setDifference(difference, {});
                      summary_->setText(summaryOf(*difference, comparesParts));
                      card_->setVisible(!difference->isEmpty());
                      verbButton()->setEnabled(true);
                  });
}

void CompareDialog::preview(const site::FileChange& change) {
    const auto address = backend_.siteAddress();
    if (!address) return changes_->preview().hide();
    const int number = ++previews_;
    const ChangeSides sides{{before_.projectName, before_.id}, {after_.projectName, after_.id}};
    const auto work = [address = *address, stop = stop_, change, sides] {
        site::SiteClient client(address, stop);
        return loadPreview(client, change, sides);
    };
    runDeployWork(this, work, [this, number](const ChangePreview& preview) {
        if (number == previews_) changes_->showPreview(preview);
    });
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
