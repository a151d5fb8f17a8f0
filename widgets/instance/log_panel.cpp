#include "widgets/instance/log_panel.h"

#include "widgets/controls.h"
#include "widgets/format.h"

#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int rowHeight = 20;

QString levelWord(api::LogLevel level) {
    static constexpr std::array<const char*, 5> words = {"debug", "log", "info", "warn", "error"};
    return QLatin1String(words.at(static_cast<std::size_t>(level)));
}

Token levelToken(api::LogLevel level) {
    if (level == api::LogLevel::error) return Token::errored;
    return level == api::LogLevel::warn ? Token::waiting : Token::mute;
}

QString clockText(qint64 ms) {
    return QDateTime::fromMSecsSinceEpoch(ms).toString(QStringLiteral("HH:mm:ss.zzz"));
}

class LogDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {100, rowHeight};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Theme& theme = Theme::get();
        if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, theme.color(Token::sel));
        painter->setFont(theme.mono(12));
        const double digit = QFontMetricsF(painter->font()).horizontalAdvance(QLatin1Char('0'));
        QRect rect = option.rect.adjusted(12, 0, -8, 0);
        if (index.data(LogModel::FirstRole).toBool()) {
            const auto level = static_cast<api::LogLevel>(index.data(LogModel::LevelRole).toInt());
            painter->setPen(theme.color(Token::text));
            painter->drawText(rect, Qt::AlignVCenter, clockText(index.data(LogModel::TimeRole).toLongLong()));
            painter->setPen(theme.color(levelToken(level)));
            painter->drawText(rect.adjusted(static_cast<int>(digit * 13.5), 0, 0, 0), Qt::AlignVCenter,
                              levelWord(level));
        }
        rect.adjust(static_cast<int>(digit * 19.5), 0, 0, 0);
        painter->setPen(theme.color(Token::text));
        const QString text = index.data(Qt::DisplayRole).toString();
        painter->drawText(rect, Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(text, Qt::ElideRight, rect.width()));
    }
};

}  // namespace

bool LogModel::passes(const api::LogLine& line) const {
    if (line.level < least_) return false;
    return text_.isEmpty() || QString::fromStdString(line.text).contains(text_, Qt::CaseInsensitive);
}

std::vector<LogModel::Row> LogModel::rowsAfter(std::int64_t id) {
    std::vector<Row> rows;
    for (const auto& line : *logs_) {
        if (line.id <= id || (step_ && line.stepIndex != *step_)) continue;
        ++allEntries_;
        if (!passes(line)) continue;
        ++entries_;
        const QString whole = QString::fromStdString(line.text);
        const QStringList parts = whole.split(QLatin1Char('\n'));
        for (qsizetype i = 0; i < std::min<qsizetype>(parts.size(), mostLinesOfOne); ++i)
            rows.push_back({line.time.time_since_epoch().count(), line.level, i == 0, parts.at(i),
                            i == 0 ? whole : QString()});
    }
    lastId_ = logs_->empty() ? lastId_ : logs_->back().id;
    return rows;
}

void LogModel::rebuild() {
    beginResetModel();
    entries_ = allEntries_ = 0;
    lastId_ = -1;
    rows_ = rowsAfter(-1);
    endResetModel();
}

void LogModel::setFilter(api::LogLevel least, const QString& text) {
    if (least == least_ && text == text_) return;
    least_ = least;
    text_ = text;
    if (logs_ != nullptr) rebuild();
}

void LogModel::setLogs(const std::vector<api::LogLine>& logs, std::optional<int> step, bool onlyGrew) {
    const bool same = onlyGrew && step == step_ && logs_ == &logs;
    logs_ = &logs;
    step_ = step;
    if (!same) return rebuild();
    auto more = rowsAfter(lastId_);
    if (more.empty()) return;
    const int first = static_cast<int>(rows_.size());
    beginInsertRows({}, first, first + static_cast<int>(more.size()) - 1);
    rows_.insert(rows_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    endInsertRows();
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const Row& row = rows_.at(static_cast<std::size_t>(index.row()));
    switch (role) {
    case Qt::DisplayRole:
        return row.text;
    case Qt::ToolTipRole:
        return row.text.size() > 60 ? QVariant(row.text.left(4000)) : QVariant();
    case Qt::AccessibleTextRole:
        return row.first ? levelWord(row.level) + QLatin1Char(' ') + row.text : row.text;
    case TimeRole:
        return row.time;
    case LevelRole:
        return static_cast<int>(row.level);
    case FirstRole:
        return row.first;
    case WholeRole:
        return row.whole;
    default:
        return {};
    }
}

LogPanel::LogPanel(QWidget* parent)
    : QWidget(parent)
    , level_(new Chip(tr("All levels")))
    , search_(new QLineEdit)
    , stack_(new QStackedWidget)
    , none_(makeLabel({}, "mute"))
    , title_(new ElidedLabel({}, Qt::ElideMiddle))
    , list_(new QListView)
    , model_(new LogModel(this)) {
    list_->setModel(model_);
    list_->setItemDelegate(new LogDelegate(list_));
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setAccessibleName(tr("Log"));
    none_->setContentsMargins(12, 6, 12, 6);
    none_->setAlignment(Qt::AlignTop);
    stack_->addWidget(list_);
    stack_->addWidget(none_);
    auto* levels = new QMenu(this);
    addLevel(levels, tr("All levels"), api::LogLevel::debug);
    addLevel(levels, tr("Info and above"), api::LogLevel::log);  // console.log informs too
    addLevel(levels, tr("Warnings and errors"), api::LogLevel::warn);
    addLevel(levels, tr("Errors"), api::LogLevel::error);
    level_->setMenu(levels);
    search_->setPlaceholderText(tr("Search the logs"));
    search_->setAccessibleName(tr("Search the logs"));
    search_->setClearButtonEnabled(true);
    search_->setFixedWidth(180);
    title_->setProperty("kind", "small");
    title_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* copyButton = makeButton(tr("Copy"), "link");
    copyButton->setAccessibleName(tr("Copy the log"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 2, 8, 2);
    head->setSpacing(8);
    head->addWidget(title_, 1);
    head->addWidget(level_);
    head->addWidget(search_);
    head->addWidget(copyButton);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 8);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(stack_, 1);
    setMinimumHeight(84);
    connect(copyButton, &QPushButton::clicked, this, &LogPanel::copy);
    connect(search_, &QLineEdit::textChanged, this, &LogPanel::applyFilter);
    connect(&Theme::get(), &Theme::changed, list_->viewport(), qOverload<>(&QWidget::update));
}

void LogPanel::addLevel(QMenu* menu, const QString& text, api::LogLevel least) {
    connect(menu->addAction(text), &QAction::triggered, this, [this, text, least] {
        least_ = least;
        level_->setText(text);
        level_->setAccessibleName(text);
        level_->updateGeometry();
        applyFilter();
    });
}

void LogPanel::applyFilter() {
    model_->setFilter(least_, search_->text().trimmed());
    retitle();
    list_->scrollToBottom();
}

void LogPanel::openSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

void LogPanel::show(const std::vector<api::LogLine>& logs, std::optional<int> step, const QString& name,
                    bool onlyGrew) {
    const QScrollBar* bar = list_->verticalScrollBar();
    const bool follows = bar->value() >= bar->maximum() || !onlyGrew;
    name_ = step ? name : QString();
    model_->setLogs(logs, step, onlyGrew);
    retitle();
    if (follows) list_->scrollToBottom();
}

void LogPanel::retitle() {
    const int count = model_->allEntries();
    QString lines = count == 0   ? tr("no lines")
                    : count == 1 ? tr("1 line")
                                 : tr("%1 lines").arg(format::number(count));
    if (model_->isFiltered() && count > 0)
        lines = tr("%1 of %2").arg(format::number(model_->entries()), lines);
    title_->setText(name_.isEmpty() ? tr("Logs · %1").arg(lines) : tr("Logs of %1 · %2").arg(name_, lines));
    const bool hides = count > 0 && model_->entries() == 0;
    none_->setText(hides ? tr("No line matches the filter.") : QString());
    stack_->setCurrentIndex(hides ? 1 : 0);
}

QString LogPanel::title() const {
    return title_->text();
}

QString LogPanel::copyText() const {
    QModelIndexList rows = list_->selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    if (rows.isEmpty())
        for (int row = 0; row < model_->rowCount(); ++row)
            rows << model_->index(row);
    QStringList lines;
    for (const auto& row : rows) {
        const QString text = row.data().toString();
        if (!row.data(LogModel::FirstRole).toBool()) {
            lines << text;
            continue;
        }
        const auto level = static_cast<api::LogLevel>(row.data(LogModel::LevelRole).toInt());
        lines << QStringLiteral("%1 %2 %3")
                     .arg(clockText(row.data(LogModel::TimeRole).toLongLong()),
                          levelWord(level).leftJustified(5), text);
    }
    return lines.join(QLatin1Char('\n'));
}

void LogPanel::copy() const {
    QApplication::clipboard()->setText(copyText());
}

void LogPanel::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copy();
    QWidget::keyPressEvent(event);
}

}  // namespace stepwell
