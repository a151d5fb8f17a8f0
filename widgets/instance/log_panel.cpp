#include "widgets/instance/log_panel.h"

#include "widgets/controls.h"
#include "widgets/format.h"

#include <QApplication>
#include <QClipboard>
#include <QDateTime>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QScrollBar>
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

std::vector<LogModel::Row> LogModel::rowsFrom(const std::vector<api::LogLine>& logs, std::int64_t after,
                                              int& entries) const {
    std::vector<Row> rows;
    for (const auto& line : logs) {
        if (line.id <= after || (step_ && line.stepIndex != *step_)) continue;
        ++entries;
        const QString whole = QString::fromStdString(line.text);
        const QStringList parts = whole.split(QLatin1Char('\n'));
        for (qsizetype i = 0; i < std::min<qsizetype>(parts.size(), mostLinesOfOne); ++i)
            rows.push_back({line.time.time_since_epoch().count(), line.level, i == 0, parts.at(i),
                            i == 0 ? whole : QString()});
    }
    return rows;
}

void LogModel::setLogs(const std::vector<api::LogLine>& logs, std::optional<int> step, bool onlyGrew) {
    if (!onlyGrew || step != step_) {
        beginResetModel();
        step_ = step;
        entries_ = 0;
        rows_ = rowsFrom(logs, -1, entries_);
        lastId_ = logs.empty() ? -1 : logs.back().id;
        return endResetModel();
    }
    auto more = rowsFrom(logs, lastId_, entries_);
    lastId_ = logs.empty() ? lastId_ : logs.back().id;
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
    , title_(makeLabel({}, "small"))
    , list_(new QListView)
    , model_(new LogModel(this)) {
    list_->setModel(model_);
    list_->setItemDelegate(new LogDelegate(list_));
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setAccessibleName(tr("Log"));
    auto* copyButton = makeButton(tr("Copy"), "link");
    copyButton->setAccessibleName(tr("Copy the log"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(12, 0, 8, 0);
    head->addWidget(title_, 1);
    head->addWidget(copyButton);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 8);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(list_, 1);
    setMinimumHeight(76);
    connect(copyButton, &QPushButton::clicked, this, &LogPanel::copy);
    connect(&Theme::get(), &Theme::changed, list_->viewport(), qOverload<>(&QWidget::update));
}

void LogPanel::show(const std::vector<api::LogLine>& logs, std::optional<int> step, const QString& name,
                    bool onlyGrew) {
    const QScrollBar* bar = list_->verticalScrollBar();
    const bool follows = bar->value() >= bar->maximum() || !onlyGrew;
    model_->setLogs(logs, step, onlyGrew);
    const int count = model_->entries();
    const QString lines = count == 0   ? tr("no lines")
                          : count == 1 ? tr("1 line")
                                       : tr("%1 lines").arg(format::number(count));
    title_->setText((step ? tr("Logs of %1 · %2").arg(name, lines) : tr("Logs · %1").arg(lines)));
    if (follows) list_->scrollToBottom();
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
