#include "widgets/between/promote_dialog.h"
#include "widgets/between/reproduce_dialog.h"
#include "widgets/between/run_comparison_dialog.h"
#include "widgets/instance/instance_page.h"
#include "widgets/notice_bar.h"
#include "widgets/workspace.h"

/// What is done between backends: comparing runs, and running one again on this machine.
namespace stepwell {

void Workspace::compareInstance() {
    const Place& here = navigator_.current();
    if (backend_ == nullptr || here.instance.isEmpty()) return;
    const InstanceName left{backend_.get(), here.workflow, here.instance};
    auto* dialog = new RunComparisonDialog(peers_, left, {backend_.get(), here.workflow, {}}, this);
    // It speaks to backends that may go before it is closed.
    connect(backend_.get(), &QObject::destroyed, dialog, &QDialog::close);
    dialog->show();
}

void Workspace::reproduceInstance(int steps) {
    if (instance_ == nullptr || !instance_->feed().isLoaded()) return;
    Backend* target = nullptr;
    for (const auto& peer : peers_())
        if (peer.isLocal) target = peer.backend;
    if (target == nullptr)
        return notices_->post(NoticeBar::Kind::warning,
                              tr("The engine of this machine is not open: open its tab first"));
    const Place& here = navigator_.current();
    const InstanceName source{backend_.get(), here.workflow, here.instance};
    auto detail = std::make_shared<const api::InstanceDetail>(instance_->feed().detail());
    auto* dialog = new ReproduceDialog(source, backend_->name(), std::move(detail), *target, steps, this);
    connect(target, &QObject::destroyed, dialog, &QDialog::close);
    connect(dialog, &ReproduceDialog::reproduced, this, [this](const QString& workflow, const QString& id) {
        emit localPlaceRequested({workflow, id});
    });
    dialog->open();
}

void Workspace::promote(const between::PromotionSubject& subject) {
    if (backend_ == nullptr) return;
    if (const auto support = between::canGive(*backend_, subject.kind); !support.available)
        return notices_->post(NoticeBar::Kind::warning, support.reason);
    auto* dialog = new PromoteDialog(*backend_, subject, known_, this);
    connect(dialog, &PromoteDialog::openRequested, this, &Workspace::backendRequested);
    connect(dialog, &PromoteDialog::showRequested, this,
            [this, kind = subject.kind](const QString& id, const QString& name, const QString& deployment) {
                const Place place = kind == between::PromotionKind::script ? placeOfWorker(name)
                                    : deployment.isEmpty()                 ? placeOfSite(name)
                                                           : placeOfDeployment(name, deployment);
                emit placeRequested(id, place);
            });
    dialog->open();
}

}  // namespace stepwell
