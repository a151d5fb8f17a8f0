#pragma once

#include "models/analytics/analytics_model.h"
#include "models/analytics/export.h"
#include "models/instances_model.h"
#include "widgets/analytics/chart_card.h"
#include "widgets/page.h"

class QGridLayout;
class QPushButton;
class QScrollArea;

namespace stepwell {

class Chip;

namespace analytics {

class NamesPopover;
class RangePopover;
class TileRow;

/// Charts of what ran: workflows, steps, queues, sites and what they asked of others. GUI thread.
class AnalyticsPage : public Page {
    Q_OBJECT
  public:
    explicit AnalyticsPage(Backend& backend, QWidget* parent = nullptr);

    void reload() override;
    void focusMain() override;
    /// Part of a link: range, filters, comparison. Shows them without telling `chosen`.
    void setChoice(const QString& choice);
    QString choice() const;

    const AnalyticsModel& model() const { return model_; }
    /// Those that are shown, in their order.
    const QList<ChartCard*>& cards() const { return cards_; }
    TileRow* tiles() const { return tiles_; }
    /// What the page is about, in words: the range in local time, and the filters.
    QString rangeText() const;
    QString filterText() const;
    /// All that is shown, as values.
    Report report() const;
    /// What the load would cost, by the prices that are saved now.
    void showCost();

  signals:
    /// The person chose another range or filter; `choice()` tells it.
    void chosen(const QString& choice);
    /// One that is behind a point.
    void instanceChosen(const QString& workflow, const QString& id);
    /// `workflow`, and a range of its instances that holds those behind a point.
    void instancesRequested(const QString& workflow, const stepwell::InstanceFilter& filter);
    /// `title`: of the chart, or of the page.
    void queryRequested(const stepwell::GraphqlQuery& query, const QString& title);
    void exportRequested(stepwell::analytics::ChartCard* card, stepwell::analytics::FileKind kind);
    void reportRequested();
    /// What the load of [from, to) would cost, in detail.
    void costRequested(stepwell::api::Time from, stepwell::api::Time to);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void layOut();
    QWidget* makeHead();
    void connectHead();
    void update();
    void updateHead();
    void updateCards();
    void renewNext();
    void updateEmpty();
    void arrange();
    ChartCard* makeCard();
    void choose(const Range& range, const PageFilter& filter, bool compare);
    void openNames(Chip* chip);
    void askNames();
    void drill(const Spot& spot);

    Backend& backend_;
    AnalyticsModel model_;
    QStringList workflowNames_;
    QStringList scriptNames_;
    Chip* workflows_;
    Chip* scripts_;
    Chip* compare_;
    Chip* rangeChip_;
    QPushButton* query_;
    QPushButton* export_;
    QLabel* age_;
    RangePopover* rangePopover_;
    NamesPopover* workflowsPopover_;
    NamesPopover* scriptsPopover_;
    TileRow* tiles_;
    QList<ChartCard*> cards_;
    QList<ChartCard*> spare_;
    /// New numbers of a card that is shown.
    struct Renewal {
        ChartCard* card;  // lives as long as this
        std::shared_ptr<const Chart> chart;
    };
    std::vector<Renewal> renewals_;
    QTimer renewing_;
    QGridLayout* grid_;
    QScrollArea* scroll_;
    EmptyState* empty_;
    QStackedWidget* stack_;
    QTimer second_;  ///< the age of old numbers grows
    int columns_ = 0;
};

}  // namespace analytics
}  // namespace stepwell
