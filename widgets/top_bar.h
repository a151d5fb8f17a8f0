#pragma once

#include "widgets/navigator.h"

#include <QWidget>

class QHBoxLayout;
class QPushButton;
class QToolButton;

namespace stepwell {

/// Back, forward, where one is (each part a way up), and the field that opens the palette.
class TopBar : public QWidget {
    Q_OBJECT
  public:
    explicit TopBar(Navigator& navigator, QWidget* parent = nullptr);

  signals:
    void findRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void showPlace(const Place& place);
    void showWorkerPlace(const Place& place);
    void showSitePlace(const Place& place);
    void addCrumb(const QString& text, const Place& target, bool last, bool mono);

    Navigator& navigator_;
    QToolButton* back_;
    QToolButton* forward_;
    QHBoxLayout* crumbs_;
};

}  // namespace stepwell
