#include "widgets/json/json_view.h"

#include "widgets/controls.h"
#include "widgets/json/json_canvas.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPointer>
#include <QScrollBar>
#include <QThreadPool>
#include <QVBoxLayout>

namespace stepwell {
namespace {

/// Larger texts are parsed on another thread.
constexpr std::size_t parsedAtOnce = 32 * 1024;

/// The rounded box that JSON sits in.
class Box : public QWidget {
  public:
    using QWidget::QWidget;

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Theme::get().color(Token::line));
        painter.setBrush(Theme::get().color(Token::raised));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }
};

std::shared_ptr<const json::Document> parsed(const std::string& text) {
    auto document = json::Document::parse(text);
    return document ? std::make_shared<const json::Document>(std::move(*document)) : nullptr;
}

}  // namespace

JsonView::JsonView(QWidget* parent)
    : QWidget(parent)
    , canvas_(new JsonCanvas)
    , searchBar_(new QWidget) {
    buildSearch();
    auto* box = new Box;
    auto* inner = new QVBoxLayout(box);
    inner->setContentsMargins(1, 1, 1, 1);
    inner->addWidget(canvas_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(searchBar_);
    column->addWidget(box, 1);
    setFocusProxy(canvas_);
    connect(canvas_, &JsonCanvas::folded, this, &JsonView::fit);
    connect(canvas_, &JsonCanvas::copyWanted, this, [this](bool path) { path ? copyPath() : copyValue(); });
    connect(&Theme::get(), &Theme::changed, box, qOverload<>(&QWidget::update));
}

void JsonView::buildSearch() {
    needle_ = new QLineEdit;
    needle_->setPlaceholderText(tr("Find in the text"));
    needle_->setAccessibleName(tr("Find in the JSON text"));
    needle_->installEventFilter(this);
    hits_ = makeLabel({}, "small");
    auto* previous = makeButton(tr("Previous"));
    auto* next = makeButton(tr("Next"));
    auto* row = new QHBoxLayout(searchBar_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(needle_, 1);
    row->addWidget(hits_);
    row->addWidget(previous);
    row->addWidget(next);
    searchBar_->hide();
    connect(needle_, &QLineEdit::textChanged, this, &JsonView::search);
    connect(previous, &QPushButton::clicked, this, [this] { findNext(-1); });
    connect(next, &QPushButton::clicked, this, [this] { findNext(1); });
}

const json::Lines& JsonView::lines() const {
    return canvas_->lines();
}

void JsonView::setText(std::string text) {
    if (text == text_ && generation_ > 0) return;
    text_ = std::move(text);
    const int generation = ++generation_;
    if (text_.size() <= parsedAtOnce) return take(generation, parsed(text_), text_);
    QThreadPool::globalInstance()->start([view = QPointer<JsonView>(this), copy = text_, generation] {
        auto document = parsed(copy);
        QMetaObject::invokeMethod(qApp, [view, copy, generation, document] {
            if (view) view->take(generation, document, copy);
        });
    });
}

void JsonView::take(int generation, std::shared_ptr<const json::Document> document, const std::string& text) {
    if (generation != generation_) return;
    if (document)
        canvas_->showDocument(std::move(document));
    else
        canvas_->showPlain(QString::fromStdString(text));
    if (searchBar_->isVisible()) search(needle_->text());
    emit shown();
}

void JsonView::setFittingLines(int most) {
    fittingLines_ = most;
    fit();
}

void JsonView::fit() {
    if (fittingLines_ <= 0) return;
    const int rows = std::clamp(lines().count(), 1, fittingLines_);
    const int bar = canvas_->horizontalScrollBar()->maximum() > 0 ? 10 : 0;
    const int search = searchBar_->isVisibleTo(this) ? searchBar_->sizeHint().height() + 6 : 0;
    setFixedHeight(canvas_->heightFor(rows) + 2 + bar + search);
}

void JsonView::openSearch() {
    searchBar_->show();
    fit();
    needle_->setFocus();
    needle_->selectAll();
    search(needle_->text());
}

void JsonView::closeSearch() {
    searchBar_->hide();
    canvas_->setNeedle({});
    fit();
    canvas_->setFocus();
}

void JsonView::search(const QString& needle) {
    if (needle_->text() != needle) {
        needle_->setText(needle);  // comes back here
        return;
    }
    matches_ = lines().find(needle);
    match_ = matches_.empty() ? -1 : 0;
    canvas_->setNeedle(needle);
    showMatch();
}

void JsonView::findNext(int direction) {
    const int count = matchCount();
    if (count == 0) return;
    match_ = (match_ + direction + count) % count;
    showMatch();
}

void JsonView::showMatch() {
    if (needle_->text().isEmpty())
        hits_->clear();
    else
        hits_->setText(matches_.empty() ? tr("No match")
                                        : tr("%1 of %2").arg(match_ + 1).arg(matches_.size()));
    if (match_ < 0) return;
    const int before = lines().count();
    const int row = canvas_->lines().reveal(matches_.at(static_cast<std::size_t>(match_)));
    if (lines().count() != before) emit canvas_->folded();
    canvas_->setCurrent(row);
}

int JsonView::currentRow() const {
    return canvas_->current();
}

void JsonView::setCurrentRow(int row) {
    canvas_->setCurrent(row);
}

QString JsonView::copyText() const {
    return lines().copyAll();
}

void JsonView::copyAll() const {
    QApplication::clipboard()->setText(copyText());
}

void JsonView::copyValue() const {
    if (currentRow() >= 0) QApplication::clipboard()->setText(lines().copyValue(currentRow()));
}

void JsonView::copyPath() const {
    if (currentRow() >= 0 && isJson()) QApplication::clipboard()->setText(lines().copyPath(currentRow()));
}

void JsonView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Find)) return openSearch();
    if (event->key() == Qt::Key_F3) return findNext(event->modifiers() & Qt::ShiftModifier ? -1 : 1);
    if (event->key() == Qt::Key_Escape && searchBar_->isVisible()) return closeSearch();
    QWidget::keyPressEvent(event);
}

bool JsonView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == needle_ && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            findNext(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace stepwell
