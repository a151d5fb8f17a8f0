#pragma once

#include "models/analytics/cost.h"
#include "models/list_model.h"

namespace stepwell {

class TableView;

namespace analytics {

/// What each workflow, Worker and site would use and cost in a month, the dearest first.
class CostModel : public ListModel {
    Q_OBJECT
  public:
    enum Column { Name, Requests, Cpu, Steps, Storage, Share, Thousand };
    explicit CostModel(QObject* parent = nullptr);
    void setBill(const Bill& bill);

  protected:
    int rows() const override { return static_cast<int>(loads_.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    std::vector<LoadCost> loads_;
};

/// The limits of the free plan, and what would exceed them.
class LimitsModel : public ListModel {
    Q_OBJECT
  public:
    enum Column { Name, Used, Limit, Verdict };
    static constexpr int ExceededRole = Qt::UserRole;
    explicit LimitsModel(QObject* parent = nullptr);
    void setLimits(std::vector<LimitCheck> limits);

  protected:
    int rows() const override { return static_cast<int>(limits_.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    std::vector<LimitCheck> limits_;
};

TableView* makeCostTable(CostModel* model);
TableView* makeLimitsTable(LimitsModel* model);

}  // namespace analytics
}  // namespace stepwell
