#include "widgets/sites/site_verbs.h"

#include "widgets/action_dialog.h"
#include "widgets/deletion.h"
#include "widgets/format.h"
#include "widgets/notice_bar.h"
#include "widgets/sites/compare_dialog.h"

#include <QWidget>

namespace stepwell {

namespace {

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

QString deletionBody(const api::SiteProject& site) {
    QStringList lines;
    if (site.productionCount && site.previewCount) {
        const auto all = *site.productionCount + *site.previewCount;
        lines << (all == 0   ? QObject::tr("It has no deployments.")
                  : all == 1 ? QObject::tr("Its one deployment goes with it.")
                             : QObject::tr("All its %1 deployments go with it.").arg(format::number(all)));
    } else {
        lines << QObject::tr("All its deployments go with it.");
    }
    if (site.live) lines << QObject::tr("%1 answers no more.").arg(qt(site.url));
    if (site.domains.size() > 1)
        lines << QObject::tr("Its %1 other hosts are free again.").arg(site.domains.size() - 1);
    lines << QObject::tr("Variables and secrets are removed. This cannot be undone.");
    return lines.join(QLatin1Char(' '));
}

}  // namespace

void askToRollBack(Backend& backend, const QString& site, const api::SiteDeployment& target, QWidget* parent,
                   std::function<void()> done) {
    backend.siteProject(
        site.toStdString(), parent,
        [&backend, target, parent, site, done = std::move(done)](const auto& answer) {
            if (!answer) return sayBelongingsUnknown(parent, site, answer.error());
            const auto before = answer->live.value_or(target);
            auto* dialog =
                new CompareDialog(backend, before, target, CompareDialog::Purpose::rollBack, parent);
            QObject::connect(dialog, &CompareDialog::rolledBack, parent, [parent, target, site, done] {
                NoticeBar::say(parent, NoticeBar::Kind::success,
                               QObject::tr("%1 shows %2 now").arg(site, qt(target.shortId)));
                done();
            });
            dialog->open();
        });
}

void askToRetry(Backend& backend, const api::SiteDeployment& deployment, QWidget* parent,
                std::function<void()> done) {
    const bool production = deployment.environment == api::SiteEnvironment::production;
    const Question question{
        QObject::tr("Deploy the content of %1 again?").arg(qt(deployment.shortId)),
        production ? QObject::tr("A new deployment with the same files becomes the live one, with the "
                                 "variables that are set now.")
                   : QObject::tr("A new preview of %1 with the same files, with the variables that are set "
                                 "now.")
                         .arg(qt(deployment.branch)),
        QObject::tr("Deploy again")};
    askFirst(parent, question, [&backend, deployment, parent, done = std::move(done)] {
        backend.retrySiteDeployment(
            deployment.projectName, deployment.id, parent, [parent, deployment, done](const auto& answer) {
                if (!answer)
                    return NoticeBar::say(parent, NoticeBar::Kind::error,
                                          QObject::tr("%1 was not deployed again: %2")
                                              .arg(qt(deployment.shortId), qt(answer.error().message)));
                NoticeBar::say(parent, NoticeBar::Kind::success,
                               QObject::tr("%1 was deployed again as %2")
                                   .arg(qt(deployment.shortId), qt(answer->shortId)));
                done();
            });
    });
}

void askToDeleteSite(Backend& backend, const QString& name, QWidget* parent, std::function<void()> done) {
    backend.siteProject(
        name.toStdString(), parent, [&backend, name, parent, done = std::move(done)](const auto& answer) {
            if (!answer) return sayBelongingsUnknown(parent, name, answer.error());
            const Question question{QObject::tr("Delete the site %1?").arg(name), deletionBody(*answer),
                                    QObject::tr("Delete site")};
            askFirst(parent, question, [&backend, name, parent, done] {
                backend.deleteSiteProject(name.toStdString(), parent, afterDeletion(parent, name, done));
            });
        });
}

}  // namespace stepwell
