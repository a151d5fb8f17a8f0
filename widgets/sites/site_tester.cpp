#include "widgets/sites/site_tester.h"

#include "widgets/controls.h"
#include "widgets/format.h"
#include "widgets/row_delegate.h"
#include "widgets/table_view.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollArea>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace stepwell {
namespace {

constexpr int rowHeight = 30;
const QList<TableView::Width> columnWidths = {{240, 130}, {280, 130}, {280, 130}};

/// What the connection adds to every answer, and no rule decides.
bool isOfConnection(const QString& name) {
    static const QStringList names = {QStringLiteral("date"),           QStringLiteral("connection"),
                                      QStringLiteral("keep-alive"),     QStringLiteral("transfer-encoding"),
                                      QStringLiteral("content-length"), QStringLiteral("content-encoding"),
                                      QStringLiteral("server"),         QStringLiteral("vary")};
    return names.contains(name);
}

std::map<QString, QString> byName(const api::SiteHeaders& headers) {
    std::map<QString, QString> values;
    for (const auto& [name, value] : headers) {
        const QString key = QString::fromStdString(name).toLower();
        if (isOfConnection(key)) continue;
        auto& all = values[key];
        all += (all.isEmpty() ? QString() : QStringLiteral(", ")) + QString::fromStdString(value);
    }
    return values;
}

QString statusWords(int status) {
    static const std::map<int, QString> words = {{200, QObject::tr("OK")},
                                                 {301, QObject::tr("moved for good")},
                                                 {302, QObject::tr("found elsewhere")},
                                                 {303, QObject::tr("see other")},
                                                 {304, QObject::tr("not modified")},
                                                 {307, QObject::tr("temporary redirect")},
                                                 {308, QObject::tr("permanent redirect")},
                                                 {404, QObject::tr("not found")},
                                                 {405, QObject::tr("method not allowed")},
                                                 {500, QObject::tr("error of the rules")}};
    const auto found = words.find(status);
    return found == words.end() ? QString::number(status)
                                : QStringLiteral("%1 %2").arg(status).arg(found->second);
}

QString headerOf(const api::SiteHeaders& headers, const char* wanted) {
    const auto values = byName(headers);
    const auto found = values.find(QString::fromLatin1(wanted));
    return found == values.end() ? QString() : found->second;
}

class HeaderDelegate final : public RowDelegate {
  public:
    using RowDelegate::RowDelegate;

  protected:
    void paintCell(const Cell& cell, const QModelIndex& index) const override {
        const auto& theme = Theme::get();
        const bool differs = index.data(TestedHeadersModel::DiffersRole).toBool();
        QString words = index.data(Qt::DisplayRole).toString();
        if (index.column() == TestedHeadersModel::Name)
            return text(cell, words, theme.mono(12), theme.color(Token::text));
        if (words.isEmpty()) words = QStringLiteral("–");
        const bool marked = differs && index.column() == TestedHeadersModel::Live;
        if (marked) words.prepend(QStringLiteral("≠ "));
        text(cell, words, theme.mono(12), theme.color(marked ? Token::errored : Token::mute));
    }
};

QLabel* makeText(const char* kind) {
    auto* label = makeLabel(QString(), kind);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setTextFormat(Qt::PlainText);
    return label;
}

}  // namespace

std::vector<TestedHeader> testedHeaders(const api::SiteHeaders& expected, const api::SiteHeaders* visit) {
    const auto wanted = byName(expected);
    const auto came = visit ? byName(*visit) : std::map<QString, QString>();
    std::vector<TestedHeader> headers;
    for (const auto& [name, value] : wanted) {
        const auto live = came.find(name);
        const QString told = live == came.end() ? QString() : live->second;
        headers.push_back({name, value, told, visit != nullptr && told != value});
    }
    for (const auto& [name, value] : came)
        if (!wanted.contains(name)) headers.push_back({name, {}, value, true});
    return headers;
}

TestedHeadersModel::TestedHeadersModel(QObject* parent)
    : ListModel({{tr("Header")}, {tr("By the rules")}, {tr("Live")}}, parent) {}

void TestedHeadersModel::setHeaders(std::vector<TestedHeader> headers) {
    beginResetModel();
    headers_ = std::move(headers);
    endResetModel();
    setState(LoadState::ready);
}

QVariant TestedHeadersModel::value(int row, int column, int role) const {
    const auto& header = headers_[static_cast<std::size_t>(row)];
    if (role == DiffersRole) return header.differs;
    if (role != Qt::DisplayRole) return {};
    return column == Name ? header.name : column == Expected ? header.expected : header.live;
}

SiteTester::SiteTester(Backend& backend, const std::string& site, const std::string& deployment,
                       QWidget* parent)
    : QWidget(parent)
    , backend_(backend)
    , site_(site)
    , deployment_(deployment)
    , url_(new QLineEdit(QStringLiteral("/")))
    , ask_(makeButton(tr("Explain")))
    , visit_(makeButton(tr("Compare with live")))
    , verdict_(makeText("cardTitle"))
    , detail_(makeText("small"))
    , steps_(makeText(""))
    , liveVerdict_(makeText("small"))
    , table_(new TableView(QStringLiteral("siteTester"), rowHeight))
    , answer_(new QWidget) {
    url_->setProperty("kind", "mono");
    url_->setAccessibleName(tr("Path or URL"));
    url_->setPlaceholderText(QStringLiteral("/path?query"));
    url_->setMaxLength(4096);
    table_->setAccessibleName(tr("Headers"));
    table_->setItemDelegate(new HeaderDelegate(table_));
    table_->setModel(&model_);
    table_->setColumns(columnWidths, TestedHeadersModel::Expected);
    layOut();
    connect(url_, &QLineEdit::returnPressed, this, &SiteTester::ask);
    connect(ask_, &QPushButton::clicked, this, &SiteTester::ask);
    connect(visit_, &QPushButton::clicked, this, &SiteTester::visit);
}

void SiteTester::layOut() {
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(url_, 1);
    line->addWidget(ask_);
    line->addWidget(visit_);
    auto* hint =
        makeLabel(tr("What this deployment answers, and why. “Explain” sends nothing to the site."), "small");
    auto* card = makeCard();
    auto* why = new QVBoxLayout(card);
    why->setContentsMargins(16, 12, 16, 12);
    why->setSpacing(6);
    why->addWidget(verdict_);
    why->addWidget(detail_);
    why->addWidget(liveVerdict_);
    why->addWidget(makeLine(Qt::Horizontal));
    why->addWidget(steps_);
    auto* headers = makeCard();
    auto* inside = new QVBoxLayout(headers);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(table_);
    auto* both = new QVBoxLayout(answer_);
    both->setContentsMargins(0, 0, 0, 0);
    both->setSpacing(12);
    both->addWidget(card);
    both->addWidget(headers, 1);
    answer_->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addLayout(line);
    layout->addWidget(hint);
    layout->addWidget(answer_, 1000);
    layout->addStretch(1);
}

void SiteTester::focusMain() {
    url_->setFocus();
    url_->selectAll();
}

QString SiteTester::verdict() const {
    return verdict_->text();
}

QString SiteTester::steps() const {
    return steps_->text();
}

void SiteTester::clear(const QString& reason) {
    explanation_.reset();
    verdict_->setText(tr("Not known"));
    detail_->setText(reason);
    steps_->clear();
    liveVerdict_->hide();
    model_.setHeaders({});
    answer_->show();
}

void SiteTester::ask() {
    const int generation = ++generation_;
    response_.reset();
    const QString url = url_->text().trimmed();
    backend_.explainSite(site_, deployment_, url.toStdString(), this, [this, generation](const auto& answer) {
        if (generation != generation_) return;
        if (!answer) return clear(QString::fromStdString(answer.error().message));
        explanation_ = *answer;
        show();
    });
}

/// Asks for both: what is compared belongs to the same question.
void SiteTester::visit() {
    ask();
    const QString typed = url_->text().trimmed();
    const QUrl url = typed.startsWith(QLatin1Char('/')) ? QUrl(origin_ + typed) : QUrl(typed);
    if (!url.isValid() || url.host().isEmpty()) return;
    const auto address = QString::fromLatin1(url.toEncoded(QUrl::RemoveFragment)).toStdString();
    backend_.visitSite(address, this, [this, generation = generation_](const auto& answer) {
        if (generation != generation_) return;
        response_ = answer;
        show();
    });
}

void SiteTester::show() {
    if (!explanation_) return;
    const auto& told = *explanation_;
    const QString location = headerOf(told.headers, "location");
    const QString file = told.file ? QString::fromStdString(told.file->path) : QString();
    verdict_->setText(told.runsWorker       ? tr("The Worker of the site answers")
                      : !location.isEmpty() ? tr("%1 to %2").arg(statusWords(told.status), location)
                      : !file.isEmpty()     ? tr("%1 with %2").arg(statusWords(told.status), file)
                                            : statusWords(told.status));
    detail_->setText(told.file ? tr("%1 · %2 · %3")
                                     .arg(QString::fromStdString(told.url),
                                          QString::fromStdString(told.file->contentType),
                                          format::bytes(told.file->size))
                               : QString::fromStdString(told.url));
    QStringList steps;
    for (const auto& step : told.steps)
        steps << QStringLiteral("%1.  %2").arg(steps.size() + 1).arg(QString::fromStdString(step));
    steps_->setText(steps.join(QLatin1Char('\n')));
    const bool answered = response_ && response_->has_value();
    model_.setHeaders(testedHeaders(told.headers, answered ? &(*response_)->headers : nullptr));
    table_->setColumnHidden(TestedHeadersModel::Live, !answered);
    liveVerdict_->setVisible(response_.has_value());
    if (answered) {
        const bool same = (*response_)->status == told.status;
        setLook(liveVerdict_, "kind", same ? "ok" : "error");
        liveVerdict_->setText(same ? tr("Live it answered %1 too, with %2")
                                         .arg(told.status)
                                         .arg(format::bytes((*response_)->bytes))
                                   : tr("≠ Live it answered %1").arg(statusWords((*response_)->status)));
    } else if (response_) {
        setLook(liveVerdict_, "kind", "error");
        liveVerdict_->setText(
            tr("The site was not reached: %1").arg(QString::fromStdString(response_->error().message)));
    }
    answer_->show();
}

}  // namespace stepwell
