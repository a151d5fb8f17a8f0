#pragma once

#include "models/api/types.h"

#include <QAbstractListModel>
#include <QWidget>

class QLabel;
class QLineEdit;
class QListView;
class QMenu;
class QStackedWidget;

namespace stepwell {

class Chip;

/// Log lines of one step or of the whole instance, one row per line of text.
class LogModel : public QAbstractListModel {
    Q_OBJECT
  public:
    /// Of one entry no more lines than this are rows; the whole is in the tooltip and the copy.
    static constexpr int mostLinesOfOne = 200;
    enum Role { TimeRole = Qt::UserRole, LevelRole, FirstRole, WholeRole };

    using QAbstractListModel::QAbstractListModel;

    /// `logs` has to outlive the model or the next call; rows are appended when it only grew.
    void setLogs(const std::vector<api::LogLine>& logs, std::optional<int> step, bool onlyGrew);
    /// Only entries of this level and above that hold the text (in any case; empty: all).
    void setFilter(api::LogLevel least, const QString& text);
    bool isFiltered() const { return least_ != api::LogLevel::debug || !text_.isEmpty(); }
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    int entries() const { return entries_; }
    /// Without the filter.
    int allEntries() const { return allEntries_; }

  private:
    struct Row {
        qint64 time = 0;
        api::LogLevel level = api::LogLevel::log;
        bool first = true;
        QString text;
        QString whole;  ///< of the first row of an entry
    };
    std::vector<Row> rowsAfter(std::int64_t id);
    bool passes(const api::LogLine& line) const;
    void rebuild();

    const std::vector<api::LogLine>* logs_ = nullptr;
    api::LogLevel least_ = api::LogLevel::debug;
    QString text_;
    std::vector<Row> rows_;
    std::optional<int> step_;
    std::int64_t lastId_ = -1;
    int entries_ = 0;
    int allEntries_ = 0;
};

/// The log at the bottom of the timeline. Follows new lines while the last one is in view.
class LogPanel : public QWidget {
    Q_OBJECT
  public:
    explicit LogPanel(QWidget* parent = nullptr);
    /// `step`: only its lines, with `name` in the title; nothing: all lines of the instance.
    void show(const std::vector<api::LogLine>& logs, std::optional<int> step, const QString& name,
              bool onlyGrew);
    QString title() const;
    LogModel& model() { return *model_; }
    QListView* list() const { return list_; }
    /// The selected lines, or all: "14:31:02.118 warn  card declined".
    QString copyText() const;
    /// Puts the cursor into the search field.
    void openSearch();

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void copy() const;
    void addLevel(QMenu* menu, const QString& text, api::LogLevel least);
    void applyFilter();
    void retitle();

    QString name_;  // of the step, empty for all
    api::LogLevel least_ = api::LogLevel::debug;
    Chip* level_;
    QLineEdit* search_;
    QStackedWidget* stack_;
    QLabel* none_;
    QLabel* title_;
    QListView* list_;
    LogModel* model_;
};

}  // namespace stepwell
