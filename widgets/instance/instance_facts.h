#pragma once

#include "models/api/types.h"

#include <QFrame>

#include <vector>

namespace stepwell {

/// The card with the run's facts in one line: a small name above each value; those at the end elide when it
/// is narrow.
class InstanceFacts : public QFrame {
    Q_OBJECT
  public:
    explicit InstanceFacts(QWidget* parent = nullptr);
    void setDetail(const api::InstanceDetail& detail, api::Time now);
    /// Only the running time moves on.
    void tick(const api::InstanceDetail& detail, api::Time now);
    /// "Started Today 14:31:01 | Running for 19.0 s | ...", for tests.
    QString asText() const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    struct Fact {
        QString name;
        QString value;
        QString hint;
        bool mono = false;
        bool bad = false;
    };
    struct Place {
        QRect rect;
        QString text;
    };
    std::vector<Place> places() const;

    std::vector<Fact> facts_;
};

}  // namespace stepwell
