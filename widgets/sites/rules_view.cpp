#include "widgets/sites/rules_view.h"

#include "widgets/controls.h"
#include "widgets/empty_state.h"
#include "widgets/format.h"
#include "widgets/theme.h"
#include "widgets/worker/rows_card.h"

#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <utility>

namespace stepwell {

namespace {

/// More of one kind are counted and not shown: nobody reads through them here.
constexpr std::size_t mostShown = 300;

QString qt(const std::string& text) {
    return QString::fromStdString(text);
}

QLabel* makeText(const QString& text, bool mono, int stretch) {
    auto* label = new ElidedLabel(text, mono ? Qt::ElideMiddle : Qt::ElideRight);
    if (mono) label->setFont(Theme::get().mono(12));
    QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    policy.setHorizontalStretch(static_cast<std::uint8_t>(stretch));
    label->setSizePolicy(policy);
    return label;
}

QLabel* makeFixed(const QString& text, int width) {
    auto* label = makeLabel(text, "small");
    label->setFixedWidth(width);
    return label;
}

void showMessages(RowsCard& card, const std::vector<api::SiteRuleMessage>& messages) {
    card.setVisible(!messages.empty());
    QStringList content;
    const auto count = std::min(messages.size(), mostShown);
    for (std::size_t i = 0; i < count; ++i)
        content << qt(messages[i].text) + qt(messages[i].reason) +
                       QString::number(messages[i].line.value_or(0));
    card.setRows(content, [&](int row) {
        const auto& message = messages[static_cast<std::size_t>(row)];
        auto* reason = makeLabel(qt(message.reason));
        reason->setWordWrap(true);
        reason->setTextInteractionFlags(Qt::TextSelectableByMouse);
        QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
        policy.setHorizontalStretch(3);
        reason->setSizePolicy(policy);
        return makeCardRow(
            {makeFixed(message.line ? QObject::tr("line %1").arg(*message.line) : QString(), 60),
             makeText(qt(message.text), true, 2), reason});
    });
    card.setNote(messages.size() > count ? QObject::tr("and %1 more").arg(messages.size() - count)
                                         : QString());
}

}  // namespace

SiteRulesView::SiteRulesView(QWidget* parent)
    : QWidget(parent)
    , stack_(new QStackedWidget)
    , missing_(new EmptyState)
    , redirects_(new RowsCard(tr("Redirects")))
    , redirectMessages_(new RowsCard(tr("What is wrong in _redirects")))
    , headers_(new RowsCard(tr("Headers")))
    , headerMessages_(new RowsCard(tr("What is wrong in _headers")))
    , worker_(new RowsCard(tr("Worker and Functions"))) {
    auto* inside = new QWidget;
    inside->setProperty("kind", "clear");
    auto* column = new QVBoxLayout(inside);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    for (auto* card : {redirectMessages_, headerMessages_, redirects_, headers_, worker_})
        column->addWidget(card);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidget(inside);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    stack_->addWidget(scroll);
    stack_->addWidget(missing_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(stack_);
    redirectMessages_->hide();
    headerMessages_->hide();
    redirects_->setSentence(tr("Loading…"));
    headers_->setSentence(tr("Loading…"));
    worker_->setSentence(tr("Loading…"));
}

void SiteRulesView::show(const api::Result<api::SiteRules>& rules) {
    stack_->setCurrentIndex(rules ? 0 : 1);
    if (!rules) {
        if (rules.error().code == api::code::noRoute)
            missing_->show(EmptyState::Kind::nothingYet, tr("This backend does not tell the rules"),
                           tr("They are in the files _redirects, _headers and _routes.json of the project."),
                           {});
        else
            missing_->showError(rules.error(), tr("The rules"), QStringLiteral("Cloudflare Pages Read"));
        return;
    }
    showMessages(*redirectMessages_, rules->redirectWarnings);
    showMessages(*headerMessages_, rules->headerWarnings);
    showRedirects(*rules);
    showHeaders(*rules);
    showWorker(*rules);
}

void SiteRulesView::showRedirects(const api::SiteRules& rules) {
    if (rules.redirects.empty()) return redirects_->setSentence(tr("None: there is no rule in _redirects."));
    QStringList content;
    const auto count = std::min(rules.redirects.size(), mostShown);
    for (std::size_t i = 0; i < count; ++i)
        content << qt(rules.redirects[i].from + ' ' + rules.redirects[i].to) +
                       QString::number(rules.redirects[i].status);
    redirects_->setRows(content, [&](int row) {
        const auto& rule = rules.redirects[static_cast<std::size_t>(row)];
        auto* kind = makeFixed(rule.dynamic ? tr("in order") : tr("by path"), 60);
        kind->setToolTip(rule.dynamic
                             ? tr("Has placeholders: tried in the order of the file, behind all others")
                             : tr("Found by its path alone, before all with placeholders"));
        auto* status = makeFixed(rule.status == 200 ? tr("200 serves") : QString::number(rule.status), 70);
        return makeCardRow({makeFixed(tr("line %1").arg(rule.line), 60), makeText(qt(rule.from), true, 1),
                            status, makeText(qt(rule.to), true, 1), kind});
    });
    QStringList notes;
    if (rules.redirects.size() > count) notes << tr("and %1 more.").arg(rules.redirects.size() - count);
    for (std::size_t i = 0; i < std::min<std::size_t>(rules.redirectNotes.size(), 5); ++i)
        notes << tr("Line %1: %2")
                     .arg(rules.redirectNotes[i].line.value_or(0))
                     .arg(qt(rules.redirectNotes[i].reason));
    redirects_->setNote(notes.join(QLatin1Char(' ')));
}

void SiteRulesView::showHeaders(const api::SiteRules& rules) {
    if (rules.headers.empty()) return headers_->setSentence(tr("None: there is no rule in _headers."));
    struct Line {
        QString path;
        QString name;
        QString value;
    };
    std::vector<Line> lines;
    for (const auto& rule : rules.headers) {
        QString path = qt(rule.path);
        for (const auto& [name, value] : rule.set)
            lines.push_back({std::exchange(path, QString()), qt(name), qt(value)});
        for (const auto& name : rule.removed)
            lines.push_back({std::exchange(path, QString()), qt(name), tr("taken away")});
    }
    const auto all = lines.size();
    if (all > mostShown) lines.resize(mostShown);
    QStringList content;
    for (const auto& line : lines)
        content << line.path + line.name + line.value;
    headers_->setRows(content, [&](int row) {
        const auto& line = lines[static_cast<std::size_t>(row)];
        return makeCardRow(
            {makeText(line.path, true, 2), makeText(line.name, true, 2), makeText(line.value, true, 3)});
    });
    headers_->setNote(all > lines.size() ? tr("and %1 more").arg(all - lines.size()) : QString());
}

void SiteRulesView::showWorker(const api::SiteRules& rules) {
    if (rules.worker == "none" || rules.worker.empty())
        return worker_->setSentence(tr("None: every request is answered with a file."));
    std::vector<std::pair<QString, QString>> lines;
    lines.emplace_back(tr("Runs"), rules.worker == "script" ? tr("_worker.js") : tr("a bundle of modules"));
    const auto add = [&](const QString& title, const std::vector<std::string>& texts) {
        for (const auto& text : texts)
            if (lines.size() < mostShown) lines.emplace_back(title, qt(text));
    };
    if (!rules.hasRoutes) lines.emplace_back(tr("For"), tr("every request: there is no _routes.json"));
    add(tr("For"), rules.routesIncluded);
    add(tr("Not for"), rules.routesExcluded);
    for (const auto& function : rules.functions)
        if (lines.size() < mostShown)
            lines.emplace_back(function.method.empty() ? tr("Function") : qt(function.method),
                               qt(function.path) + QStringLiteral("   ") + qt(function.module));
    QStringList content;
    for (const auto& [title, text] : lines)
        content << title + text;
    worker_->setRows(content, [&](int row) {
        const auto& [title, text] = lines[static_cast<std::size_t>(row)];
        return makeCardRow({makeFixed(title, 80), makeText(text, true, 1)});
    });
}

}  // namespace stepwell
