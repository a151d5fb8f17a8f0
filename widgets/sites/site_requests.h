#pragma once

#include "models/site_requests_model.h"
#include "widgets/page.h"

class QLineEdit;
class QPlainTextEdit;
class QSplitter;

namespace stepwell {

class Chip;
class LogPanel;
class TableView;

/// The requests to one deployment as they come: what was asked, what answered, and for code what it threw and
/// logged.
class SiteRequests : public QWidget {
    Q_OBJECT
  public:
    SiteRequests(Backend& backend, const QString& site, const QString& deployment, QWidget* parent = nullptr);

    void reload() { model_.refresh(); }
    void focusMain();
    const SiteRequestsModel& model() const { return model_; }
    TableView& table() { return *table_; }
    QLineEdit* search() const { return search_; }
    Chip* chip(SiteRequestsModel::Kind kind) const;
    /// Shows what the code threw, or is hidden.
    QPlainTextEdit* exceptions() const { return exceptions_; }

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    void layOut();
    void applyFilter();
    void update();
    void showDetail();

    SiteRequestsModel model_;
    std::vector<std::pair<SiteRequestsModel::Kind, Chip*>> chips_;
    SiteRequestsModel::Kind kind_ = SiteRequestsModel::Kind::all;
    QLineEdit* search_;
    QLabel* count_;
    TableView* table_;
    ListCard* card_;
    QSplitter* split_;
    QWidget* detail_;
    QPlainTextEdit* exceptions_;
    LogPanel* log_;
    std::vector<api::LogLine> lines_;  ///< of the chosen request
    std::int64_t chosen_ = -1;
};

}  // namespace stepwell
