#include "widgets/analytics/explorer_page.h"

#include "models/graphql/cursor.h"
#include "models/text.h"
#include "widgets/analytics/explorer_answer.h"
#include "widgets/analytics/explorer_docs.h"
#include "widgets/analytics/explorer_sample.h"
#include "widgets/analytics/graphql_editor.h"
#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/json_editor.h"
#include "widgets/notice_bar.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QMenu>
#include <QPointer>
#include <QSettings>
#include <QSplitter>
#include <QThreadPool>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int docsFrom = 1080;  // pixels of the page from which the documentation has room beside the rest
const QString docsKey = QStringLiteral("explorer/docs");

QString draftKey(const Backend& backend, const char* part) {
    const QByteArray address = backend.address().toUtf8().toBase64(QByteArray::Base64UrlEncoding);
    return QStringLiteral("explorer/draft/%1/%2")
        .arg(QString::fromLatin1(address), QString::fromLatin1(part));
}

QWidget* inColumn(std::initializer_list<QWidget*> widgets, int stretched) {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    int index = 0;
    for (auto* widget : widgets)
        column->addWidget(widget, index++ == stretched ? 1 : 0);
    return box;
}

}  // namespace

ExplorerPage::ExplorerPage(Backend& backend, QWidget* parent)
    : Page(parent)
    , backend_(backend)
    , history_(backend.address())
    , document_(new GraphqlEditor)
    , variables_(new JsonEditor)
    , answer_(new ExplorerAnswer)
    , docs_(new ExplorerDocs)
    , columns_(new QSplitter(Qt::Horizontal))
    , run_(makeButton(tr("Run"), "main"))
    , docsButton_(makeButton(tr("Docs"), "segment"))
    , problem_(makeButton({}, "link"))
    , origin_(new ElidedLabel)
    , historyChip_(new Chip(tr("History")))
    , historyMenu_(new QMenu(this)) {
    columns_->addWidget(makeLeft());
    columns_->addWidget(answer_);
    columns_->addWidget(docs_);
    columns_->setChildrenCollapsible(false);
    columns_->setHandleWidth(12);
    for (int i = 0; i < 3; ++i)
        columns_->setStretchFactor(i, i == 2 ? 0 : 1);
    columns_->setSizes({460, 460, 270});
    docs_->setMinimumWidth(220);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 16, 16, 16);
    layout->setSpacing(12);
    layout->addWidget(makeHeader());
    layout->addWidget(columns_, 1);
    docsWanted_ = QSettings().value(docsKey, true).toBool();
    docsButton_->setChecked(docsWanted_);
    connectParts();
    const QSettings settings;
    const QString draft = settings.value(draftKey(backend_, "document")).toString();
    if (draft.trimmed().isEmpty())
        takeSample();
    else
        take(draft, settings.value(draftKey(backend_, "variables")).toString(), {});
}

ExplorerPage::~ExplorerPage() {
    saveDraft();
}

QWidget* ExplorerPage::makeHeader() {
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(makeLabel(tr("GraphQL explorer"), "title"));
    origin_->setProperty("kind", "mute");
    row->addWidget(origin_, 1);
    auto* format = makeButton(tr("Format"), "segment");
    format->setObjectName("formatDocument");
    format->setToolTip(tr("One style for the document (Ctrl+Shift+F)"));
    connect(format, &QPushButton::clicked, this, &ExplorerPage::prettify);
    row->addWidget(historyChip_);
    row->addWidget(format);
    docsButton_->setCheckable(true);
    docsButton_->setToolTip(tr("What the schema says"));
    row->addWidget(docsButton_);
    run_->setToolTip(tr("Ctrl+Return"));
    row->addWidget(run_);
    historyChip_->setMenu(historyMenu_);
    return box;
}

QWidget* ExplorerPage::makeLeft() {
    problem_->setObjectName("problem");
    problem_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    problem_->setStyleSheet(QStringLiteral("text-align: left;"));
    problem_->hide();
    variables_->setEmptyText(tr("No variables"));
    auto* rows = new QSplitter(Qt::Vertical);
    rows->addWidget(inColumn({document_, problem_}, 0));
    rows->addWidget(inColumn({makeLabel(tr("Variables"), "small"), variables_}, 1));
    rows->setChildrenCollapsible(false);
    rows->setHandleWidth(8);
    rows->setStretchFactor(0, 1);
    rows->setSizes({520, 170});
    return rows;
}

void ExplorerPage::connectParts() {
    connect(run_, &QPushButton::clicked, this, &ExplorerPage::run);
    connect(document_, &GraphqlEditor::runRequested, this, &ExplorerPage::run);
    connect(document_, &GraphqlEditor::prettifyRequested, this, &ExplorerPage::prettify);
    connect(document_, &GraphqlEditor::cursorRested, this, &ExplorerPage::showWord);
    connect(document_, &GraphqlEditor::textChanged, this, &ExplorerPage::clearProblems);
    connect(problem_, &QPushButton::clicked, this, [this] {
        document_->setCursor(problemAt_);
        document_->setFocus();
    });
    connect(docsButton_, &QPushButton::toggled, this, [this](bool on) {
        docsWanted_ = on;
        QSettings().setValue(docsKey, on);
        fitDocs();
    });
    connect(historyMenu_, &QMenu::aboutToShow, this, &ExplorerPage::fillHistory);
}

void ExplorerPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    fitDocs();
    if (!schema_) askForSchema();
}

void ExplorerPage::hideEvent(QHideEvent* event) {
    saveDraft();
    Page::hideEvent(event);
}

void ExplorerPage::resizeEvent(QResizeEvent* event) {
    Page::resizeEvent(event);
    fitDocs();
}

/// In a narrow window the documentation takes the place of the answer instead of squeezing both.
void ExplorerPage::fitDocs() {
    const bool roomy = width() >= docsFrom;
    docs_->setVisible(docsWanted_);
    answer_->setVisible(roomy || !docsWanted_);
}

void ExplorerPage::askForSchema() {
    if (asking_) return;
    asking_ = true;
    const GraphqlQuery query{std::string(graphql::introspectionQuery()), {}, {}};
    backend_.graphql(query, this, [this](const api::Result<api::GraphqlAnswer>& answer) {
        const auto refused = answer ? api::refusal(*answer) : std::optional(answer.error());
        if (refused) {
            const QString reason = refused->code == api::code::noRoute
                                       ? tr("This backend has no GraphQL service.")
                                       : tr("The schema is not known: %1").arg(toQt(refused->message));
            return takeSchema(nullptr, reason);
        }
        QThreadPool::globalInstance()->start([page = QPointer<ExplorerPage>(this), json = answer->json] {
            auto read = graphql::Schema::fromIntrospection(json);
            auto schema = read ? std::make_shared<const graphql::Schema>(std::move(*read)) : nullptr;
            const QString reason = read ? QString() : toQt(read.error().message);
            QMetaObject::invokeMethod(qApp, [page, schema, reason] {
                if (page) page->takeSchema(schema, reason);
            });
        });
    });
}

void ExplorerPage::takeSchema(std::shared_ptr<const graphql::Schema> schema, const QString& reason) {
    asking_ = false;
    schema_ = std::move(schema);
    document_->setSchema(schema_);
    if (schema_)
        docs_->setSchema(schema_);
    else
        docs_->setMissing(reason);
    emit schemaChanged();
}

void ExplorerPage::showWord() {
    if (!schema_ || !docs_->isVisible()) return;
    const auto found = graphql::documentationAt(*schema_, document_->text(), document_->cursor());
    if (found) docs_->showDocumentation(*found);
}

/// With several operations the one around the cursor runs, else the first.
std::string ExplorerPage::operationAtCursor() const {
    const std::string text = document_->text();
    const auto names = graphql::operationsIn(text);
    if (names.size() < 2) return {};
    const auto here = graphql::cursorAt(graphql::Schema{}, text, document_->cursor()).operation;
    const bool known = std::find(names.begin(), names.end(), here) != names.end();
    return known ? here : names.front();
}

void ExplorerPage::run() {
    if (!variables_->isValid()) {
        NoticeBar::say(this, NoticeBar::Kind::warning,
                       tr("The variables are no valid JSON, so nothing was sent"));
        return variables_->goToProblem();
    }
    const GraphqlQuery query{document_->text(), variables_->text().trimmed().toStdString(),
                             operationAtCursor()};
    const int generation = ++generation_;
    history_.add(toQt(query.document), variables_->text(), QDateTime::currentDateTimeUtc());
    saveDraft();
    clearProblems();
    answer_->setBusy();
    if (width() < docsFrom) docsButton_->setChecked(false);
    QElapsedTimer clock;
    clock.start();
    backend_.graphql(query, this, [this, generation, clock](const api::Result<api::GraphqlAnswer>& answer) {
        if (generation != generation_) return;
        if (!answer) return answer_->setFailure(answer.error());
        answer_->setAnswer(*answer, clock.elapsed());
        showProblems(answer->json);
    });
}

void ExplorerPage::prettify() {
    if (!document_->prettify())
        NoticeBar::say(this, NoticeBar::Kind::warning,
                       tr("The document cannot be formatted yet: a bracket or a string does not end"));
}

void ExplorerPage::showProblems(const std::string& answer) {
    const std::string text = document_->text();
    const auto marks = graphql::marksOf(answer, text);
    document_->setMarks(marks);
    problem_->setVisible(!marks.empty());
    if (marks.empty()) return;
    const auto& first = marks.front();
    problemAt_ = first.begin;
    const auto line = graphql::positionOf(text, first.begin).line;
    QString words =
        first.placed() ? tr("Line %1: %2").arg(line).arg(toQt(first.message)) : toQt(first.message);
    if (marks.size() > 1) words += tr(" · and %1 more").arg(marks.size() - 1);
    problem_->setText(words);
    problem_->setToolTip(format::plainTip(words));
}

void ExplorerPage::clearProblems() {
    problem_->hide();
    problem_->setText({});
    document_->setMarks({});
}

QString ExplorerPage::problem() const {
    return problem_->text();
}

void ExplorerPage::fillHistory() {
    historyMenu_->clear();
    const auto now = format::now();
    for (const auto& entry : history_.entries()) {
        const QString when = format::relative(format::timeOf(entry.when), now);
        auto* action = historyMenu_->addAction(
            QStringLiteral("%1\t%2").arg(ExplorerHistory::titleOf(entry.document).replace('&', "&&"), when));
        connect(action, &QAction::triggered, this,
                [this, entry] { take(entry.document, entry.variables, {}); });
    }
    if (history_.entries().empty()) historyMenu_->addAction(tr("Nothing was run yet"))->setEnabled(false);
    historyMenu_->addSeparator();
    connect(historyMenu_->addAction(tr("Put the example in")), &QAction::triggered, this,
            &ExplorerPage::takeSample);
    auto* clear = historyMenu_->addAction(tr("Clear the history"));
    clear->setEnabled(!history_.entries().empty());
    connect(clear, &QAction::triggered, this, [this] { history_.clear(); });
}

void ExplorerPage::take(const QString& document, const QString& variables, const QString& origin) {
    document_->setText(document.toStdString());
    variables_->setText(variables);
    origin_->setText(origin);
}

void ExplorerPage::takeSample() {
    take(sampleDocument(), sampleVariables(backend_.account(), format::now()), {});
}

void ExplorerPage::openQuery(const GraphqlQuery& query, const QString& origin) {
    take(toQt(query.document), toQt(query.variablesJson),
         origin.isEmpty() ? QString() : tr("behind %1").arg(origin));
    variables_->tidy();
    // Behind a point are rows to be read; a chart's own query is looked at for what it asks.
    if (query.operationName == "Behind") answer_->setView(ExplorerAnswer::View::table);
    run();
}

void ExplorerPage::saveDraft() const {
    const QString document = toQt(document_->text());
    if (document.size() > ExplorerHistory::longest) return;
    QSettings settings;
    settings.setValue(draftKey(backend_, "document"), document);
    settings.setValue(draftKey(backend_, "variables"), variables_->text().left(ExplorerHistory::longest));
}

void ExplorerPage::reload() {
    askForSchema();
    run();
}

void ExplorerPage::focusMain() {
    document_->setFocus();
}

}  // namespace stepwell
