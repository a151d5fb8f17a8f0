#include "widgets/sites/site_settings.h"

#include "widgets/backends/support_gate.h"
#include "widgets/controls.h"
#include "widgets/notice_bar.h"
#include "widgets/sites/site_dialogs.h"
#include "widgets/theme.h"
#include "widgets/web_address.h"
#include "widgets/worker/rows_card.h"

#include <QBoxLayout>
#include <QScrollArea>
#include <QUrl>

#include <algorithm>

namespace stepwell {

namespace {

constexpr int nameWidth = 150;
/// Narrower than this, the cards stand in one column.
constexpr int twoColumns = 760;

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

QLabel* makeName(const QString& text) {
    auto* label = new ElidedLabel(text, Qt::ElideMiddle);
    label->setFont(Theme::get().mono(12));
    label->setFixedWidth(nameWidth);
    return label;
}

QLabel* makeTitle(const QString& text) {
    auto* label = makeLabel(text, "mute");
    label->setFixedWidth(nameWidth);
    return label;
}

QLabel* makeValue(const QString& text, bool mono = false) {
    auto* label = new ElidedLabel(text, mono ? Qt::ElideMiddle : Qt::ElideRight);
    if (mono) label->setFont(Theme::get().mono(12));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHorizontalStretch(1);
    label->setSizePolicy(policy);
    return label;
}

QString wordOf(api::SiteEnvironment environment) {
    return environment == api::SiteEnvironment::production ? QObject::tr("production")
                                                           : QObject::tr("previews");
}

}  // namespace

SiteSettings::SiteSettings(Backend& backend, const QString& site, QWidget* parent)
    : QWidget(parent)
    , backend_(backend)
    , site_(site.toStdString())
    , scroll_(new QScrollArea)
    , columns_(new QBoxLayout(QBoxLayout::LeftToRight))
    , general_(new RowsCard(tr("Project")))
    , hosts_(new RowsCard(tr("Hosts")))
    , production_(new RowsCard(tr("Variables of production")))
    , previews_(new RowsCard(tr("Variables of previews"))) {
    const auto addTo = [this](RowsCard* card, const QString& text, auto run) {
        auto* button = makeButton(text, "link");
        connect(button, &QPushButton::clicked, this, run);
        gate(button, backend_, Feature::siteUpload);
        card->addAction(button);
    };
    addTo(hosts_, tr("Add a host…"), [this] { addDomain(); });
    addTo(production_, tr("Add…"), [this] { addVariable(api::SiteEnvironment::production); });
    addTo(previews_, tr("Add…"), [this] { addVariable(api::SiteEnvironment::preview); });
    auto* inside = new QWidget;
    inside->setProperty("kind", "clear");
    columns_->setContentsMargins(0, 0, 0, 0);
    columns_->setSpacing(12);
    const auto addColumn = [this](std::initializer_list<QWidget*> cards) {
        auto* column = new QVBoxLayout;
        column->setSpacing(12);
        for (auto* card : cards)
            column->addWidget(card);
        column->addStretch(1);
        columns_->addLayout(column, 1);
    };
    addColumn({general_, hosts_});
    addColumn({production_, previews_});
    inside->setLayout(columns_);
    scroll_->setWidget(inside);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll_);
}

void SiteSettings::resizeEvent(QResizeEvent*) {
    columns_->setDirection(width() < twoColumns ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

const api::SiteConfig& SiteSettings::config(api::SiteEnvironment environment) const {
    return environment == api::SiteEnvironment::production ? project_.production : project_.preview;
}

void SiteSettings::show(const api::SiteProject& project) {
    project_ = project;
    showGeneral();
    showVariables(*production_, api::SiteEnvironment::production);
    showVariables(*previews_, api::SiteEnvironment::preview);
    showDomains();
}

void SiteSettings::focusMain() {
    setFocus();
    focusNextChild();
}

void SiteSettings::showGeneral() {
    const QString flags = [this] {
        QStringList all;
        for (const auto& flag : project_.production.compatibilityFlags)
            all << qt(flag);
        return all.join(QStringLiteral(", "));
    }();
    const QString date = qt(project_.production.compatibilityDate);
    const QStringList content{qt(project_.productionBranch), date + flags, QStringLiteral("delete")};
    general_->setRows(content, [this, date, flags](int row) -> QWidget* {
        if (row == 0) {
            auto* edit = makeButton(tr("Change…"), "link");
            edit->setAccessibleName(tr("Change the production branch"));
            connect(edit, &QPushButton::clicked, this, &SiteSettings::editBranch);
            gate(edit, backend_, Feature::siteUpload);
            return makeCardRow(
                {makeTitle(tr("Production branch")), makeValue(qt(project_.productionBranch), true), edit});
        }
        if (row == 1)
            return makeCardRow({makeTitle(tr("Compatibility")),
                                makeValue(date.isEmpty() && flags.isEmpty()
                                              ? tr("as the deployment says")
                                              : QStringList{date, flags}.join(QLatin1Char(' ')).trimmed())});
        auto* remove = makeButton(tr("Delete site…"), "danger");
        connect(remove, &QPushButton::clicked, this, &SiteSettings::deletionRequested);
        gate(remove, backend_, Feature::siteUpload);
        return makeCardRow({makeValue(tr("With all its deployments")), remove});
    });
}

QWidget* SiteSettings::variableRow(const api::SiteVariable& variable, api::SiteEnvironment environment) {
    const QString name = qt(variable.name);
    auto* change = makeButton(variable.secret ? tr("Replace…") : tr("Change…"), "link");
    change->setAccessibleName(tr("Change %1 of %2").arg(name, wordOf(environment)));
    connect(change, &QPushButton::clicked, this,
            [this, environment, variable] { openVariable(environment, variable); });
    auto* remove = makeButton(tr("Delete…"), "link");
    remove->setAccessibleName(tr("Delete %1 of %2").arg(name, wordOf(environment)));
    connect(remove, &QPushButton::clicked, this,
            [this, environment, name] { askToRemoveVariable(environment, name); });
    for (auto* button : {change, remove})
        gate(button, backend_, Feature::siteUpload);
    auto* value =
        variable.secret ? makeValue(QStringLiteral("••••••••")) : makeValue(qt(variable.value), true);
    return makeCardRow({makeName(name), value, change, remove});
}

void SiteSettings::showVariables(RowsCard& card, api::SiteEnvironment environment) {
    const auto variables = config(environment).variables;
    if (variables.empty()) return card.setSentence(tr("None."));
    QStringList content;
    for (const auto& variable : variables)
        content << qt(variable.name) + QLatin1Char('=') + qt(variable.value) +
                       (variable.secret ? QStringLiteral("*") : QString());
    card.setRows(content, [this, variables, environment](int row) {
        return variableRow(variables[static_cast<std::size_t>(row)], environment);
    });
}

void SiteSettings::loadDomains() {
    backend_.siteDomains(site_, this, [this](auto answer) {
        domains_ = std::move(answer);
        showDomains();
    });
}

void SiteSettings::showDomains() {
    QStringList content{qt(project_.url)};
    std::vector<api::SiteDomain> domains;
    if (domains_ && *domains_) domains = **domains_;
    for (const auto& domain : domains)
        content << qt(domain.name) + qt(domain.status) + qt(domain.message);
    hosts_->setRows(content, [this, domains](int row) -> QWidget* {
        auto* copy = makeButton(tr("Copy"), "link");
        auto* open = makeButton(tr("Open"), "link");
        const auto* domain = row == 0 ? nullptr : &domains[static_cast<std::size_t>(row - 1)];
        const QString host = domain ? qt(domain->name) : qt(project_.subdomain);
        // Custom domains have scheme and port of the project's own address.
        QUrl address(qt(project_.url));
        address.setHost(host.section(':', 0, 0));
        const QString url = !domain ? qt(project_.url) : address.toString();
        copy->setAccessibleName(tr("Copy the address of %1").arg(host));
        open->setAccessibleName(tr("Open %1").arg(host));
        connect(copy, &QPushButton::clicked, this, [this, url] { emit addressCopyRequested(url); });
        connect(open, &QPushButton::clicked, this, [this, url] { openWebAddress(this, url); });
        if (!domain) return makeCardRow({makeValue(host, true), open, copy});
        auto* remove = makeButton(tr("Remove…"), "link");
        remove->setAccessibleName(tr("Remove %1").arg(host));
        connect(remove, &QPushButton::clicked, this, [this, host] { askToRemoveDomain(host); });
        gate(remove, backend_, Feature::siteUpload);
        auto* state = makeLabel(qt(domain->status), "small");
        state->setToolTip(qt(domain->message));
        return makeCardRow({makeValue(host, true), state, open, copy, remove});
    });
    if (domains_ && !*domains_)
        hosts_->setNote(tr("Other hosts are not known: %1").arg(qt(domains_->error().message)));
    else
        hosts_->setNote(tr("Each of them shows what is live. A name has to lead to this backend by itself."));
}

void SiteSettings::addVariable(api::SiteEnvironment environment) {
    openVariable(environment, {});
}

void SiteSettings::openVariable(api::SiteEnvironment environment, const api::SiteVariable& variable) {
    QStringList known;
    for (const auto& one : config(environment).variables)
        known << qt(one.name);
    auto* dialog = new SiteVariableDialog(backend_, site_, environment, variable, known, this);
    connect(dialog, &SiteVariableDialog::saved, this, [this](const QString& name) {
        NoticeBar::say(this, NoticeBar::Kind::success, tr("%1 was saved").arg(name));
        emit changed();
    });
    dialog->open();
}

void SiteSettings::askToRemoveVariable(api::SiteEnvironment environment, const QString& name) {
    const Question question{tr("Delete %1 of %2?").arg(name, wordOf(environment)),
                            tr("Deployments that were made keep it; the next one has it no more."),
                            tr("Delete variable")};
    askFirst(this, question, [this, environment, name] {
        api::SiteProjectChange change;
        (environment == api::SiteEnvironment::production ? change.production : change.preview)
            .removed.push_back(name.toStdString());
        backend_.changeSiteProject(site_, change, this, [this, name](const auto& answer) {
            if (answer)
                NoticeBar::say(this, NoticeBar::Kind::success, tr("%1 was deleted").arg(name));
            else
                NoticeBar::say(this, NoticeBar::Kind::error,
                               tr("%1 was not deleted: %2").arg(name, qt(answer.error().message)));
            emit changed();
        });
    });
}

void SiteSettings::editBranch() {
    const OneLineDialog::Words words{tr("Change the production branch of %1").arg(qt(site_)),
                                     tr("Change branch"), tr("Branch"),
                                     tr("Deployments of this branch become the live ones from then on. What "
                                        "is live stays until one is made."),
                                     QStringLiteral("main")};
    auto* dialog = new OneLineDialog(
        words, qt(project_.productionBranch),
        [this](const QString& text, OneLineDialog& asked) {
            api::SiteProjectChange change;
            change.productionBranch = text.toStdString();
            asked.setBusy(tr("Saving…"));
            backend_.changeSiteProject(site_, change, &asked, [this, text, &asked](const auto& answer) {
                if (!answer) return asked.showError(qt(answer.error().message));
                NoticeBar::say(this, NoticeBar::Kind::success,
                               tr("%1 is the production branch now").arg(text));
                asked.accept();
                emit changed();
            });
        },
        this);
    dialog->open();
}

void SiteSettings::addDomain() {
    const OneLineDialog::Words words{
        tr("Add a host to %1").arg(qt(site_)), tr("Add host"), tr("Host"),
        tr("It shows what is live. Make the name lead to this backend, for example "
           "in /etc/hosts or with a proxy."),
        QStringLiteral("www.example.com")};
    auto* dialog = new OneLineDialog(
        words, {},
        [this](const QString& text, OneLineDialog& asked) {
            asked.setBusy(tr("Adding…"));
            backend_.addSiteDomain(
                site_, text.toLower().toStdString(), &asked, [this, text, &asked](const auto& answer) {
                    if (!answer) return asked.showError(qt(answer.error().message));
                    NoticeBar::say(this, NoticeBar::Kind::success, tr("%1 was added").arg(text));
                    asked.accept();
                    loadDomains();
                    emit changed();
                });
        },
        this);
    dialog->open();
}

void SiteSettings::askToRemoveDomain(const QString& name) {
    const Question question{tr("Remove the host %1?").arg(name),
                            tr("%1 answers no more there.").arg(qt(site_)), tr("Remove host")};
    askFirst(this, question, [this, name] {
        backend_.deleteSiteDomain(site_, name.toStdString(), this, [this, name](const auto& answer) {
            if (answer)
                NoticeBar::say(this, NoticeBar::Kind::success, tr("%1 was removed").arg(name));
            else
                NoticeBar::say(this, NoticeBar::Kind::error,
                               tr("%1 was not removed: %2").arg(name, qt(answer.error().message)));
            loadDomains();
            emit changed();
        });
    });
}

}  // namespace stepwell
