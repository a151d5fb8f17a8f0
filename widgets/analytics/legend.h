#pragma once

#include "models/analytics/chart.h"

#include <QAbstractButton>
#include <QSet>

namespace stepwell::analytics {

/// One series of the legend: its mark and name; a click shows or hides the series.
class LegendEntry : public QAbstractButton {
    Q_OBJECT
  public:
    explicit LegendEntry(QWidget* parent = nullptr);
    void setSeries(const Series& series, bool shown);
    const QString& key() const { return key_; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    QString key_;
    Tone tone_ = Tone::first;
};

/// The series of a chart side by side, in as many lines as they need. Hidden while there is only one.
class Legend : public QWidget {
    Q_OBJECT
  public:
    explicit Legend(QWidget* parent = nullptr);
    void show(const std::vector<Series>& series, const QSet<QString>& hidden);
    QList<LegendEntry*> entries() const;

  signals:
    void toggled(const QString& key, bool shown);

  private:
    QList<LegendEntry*> entries_;
};

}  // namespace stepwell::analytics
