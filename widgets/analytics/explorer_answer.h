#pragma once

#include "models/api/graphql.h"
#include "models/graphql/answer.h"

#include <QElapsedTimer>
#include <QWidget>

#include <memory>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace stepwell {

class AnswerTableModel;
class EmptyState;
class JsonView;

namespace analytics {
class ChartCard;
}

/// The answer of the explorer: as JSON, its lists as tables, and as a chart where a list has a time.
class ExplorerAnswer : public QWidget {
    Q_OBJECT
  public:
    enum class View { json, table, chart };
    explicit ExplorerAnswer(QWidget* parent = nullptr);

    void setBusy();
    /// Shows it; large ones are taken apart on another thread.
    void setAnswer(const api::GraphqlAnswer& answer, qint64 elapsedMs);
    /// There was no answer at all.
    void setFailure(const api::Error& error);
    void setView(View view);
    View view() const { return view_; }
    JsonView* json() const { return json_; }
    QTableView* table() const { return table_; }
    analytics::ChartCard* chart() const { return chart_; }
    QString status() const;

  signals:
    /// Everything is taken apart and shown.
    void shown();

  private:
    using Tables = std::vector<std::shared_ptr<const graphql::AnswerTable>>;
    void layOut();
    QPushButton* addSegment(const QString& text, View view);
    void take(int generation, Tables tables);
    void chooseTable(int index);
    void showChart();
    void update();
    void sayMissing();

    JsonView* json_;
    QTableView* table_;
    AnswerTableModel* model_;
    analytics::ChartCard* chart_;
    QComboBox* lists_;
    QComboBox* measures_;
    QLabel* status_;
    EmptyState* empty_;
    QStackedWidget* stack_;
    std::vector<QPushButton*> segments_;
    Tables tables_;
    std::vector<std::size_t> measureColumns_;
    View view_ = View::json;
    int generation_ = 0;
    bool charted_ = false;  ///< the chosen list has a time
};

}  // namespace stepwell
