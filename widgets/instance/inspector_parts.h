#pragma once

#include "models/api/types.h"
#include "widgets/controls.h"

#include <QAbstractButton>
#include <QWidget>

class QGridLayout;
class QVBoxLayout;

namespace stepwell {

/// Names and values, one pair per line; lines without a value are left out.
class FactGrid : public QWidget {
    Q_OBJECT
  public:
    explicit FactGrid(QWidget* parent = nullptr);
    void setStatus(ShownStatus status, const QString& word);
    /// In this order, below the status. `hint` is the tooltip.
    struct Fact {
        QString name;
        QString value;
        QString hint;
    };
    void setFacts(const std::vector<Fact>& facts);

  private:
    QGridLayout* grid_;
    QWidget* shape_;
    QLabel* word_;
    std::vector<std::pair<QLabel*, QLabel*>> lines_;
};

/// An attempt in one line; a click or Enter shows the stack of its error below.
class AttemptRow : public QAbstractButton {
    Q_OBJECT
  public:
    struct Content {
        int number = 1;
        ShownStatus status;
        QString duration;
        QString exactDuration;
        QString outcome;
        QString stack;
        friend bool operator==(const Content& a, const Content& b) {
            return a.number == b.number && a.status.status == b.status.status && a.duration == b.duration &&
                   a.outcome == b.outcome && a.stack == b.stack;
        }
    };
    explicit AttemptRow(QWidget* parent = nullptr);
    void setContent(const Content& content);
    QSize sizeHint() const override { return {200, 29}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Content content_;
};

/// All attempts of a step; of very many only the newest.
class AttemptList : public QWidget {
    Q_OBJECT
  public:
    static constexpr std::size_t mostShown = 40;
    explicit AttemptList(QWidget* parent = nullptr);
    void setStep(const api::Step& step, api::Time now);

  private:
    struct Line {
        AttemptRow* row;
        QLabel* stack;
    };
    Line& line(std::size_t i);
    QVBoxLayout* column_;
    QLabel* more_;
    std::vector<Line> lines_;
    int step_ = -1;
};

/// The requests a step made, painted as a little table; of very many only the newest.
class RequestList : public QWidget {
    Q_OBJECT
  public:
    static constexpr std::size_t mostShown = 60;
    explicit RequestList(QWidget* parent = nullptr);
    void setRequests(const std::vector<api::OutboundRequest>& requests);
    int count() const { return static_cast<int>(rows_.size()); }

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Row {
        QString what;
        QString status;
        QString duration;
        QString hint;
        QString reason;  ///< of the failure; a line of its own
        int height() const;
        bool failed = false;
        friend bool operator==(const Row&, const Row&) = default;
    };
    std::vector<Row> rows_;
    std::size_t hidden_ = 0;
};

}  // namespace stepwell
