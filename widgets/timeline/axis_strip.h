#pragma once

#include "widgets/timeline/timeline_paint.h"

#include <QPainter>
#include <QWidget>

#include <functional>

namespace stepwell::timeline {

/// The strip with the times above the rows.
class AxisStrip : public QWidget {
  public:
    AxisStrip(std::function<RowScene()> scene, QWidget* parent)
        : QWidget(parent)
        , scene_(std::move(scene)) {
        setFixedHeight(metrics::axis);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.fillRect(rect(), Theme::get().color(Token::surface));
        paintAxis(painter, scene_(), height());
    }

  private:
    std::function<RowScene()> scene_;
};

}  // namespace stepwell::timeline
