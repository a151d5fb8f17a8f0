#pragma once

#include "models/deploy/change_preview.h"

#include <QFrame>

class QLabel;
class QPlainTextEdit;
class QStackedWidget;

namespace stepwell {

class ElidedLabel;

/// Both sides of one changed file: a text line by line, an image side by side.
class PreviewPane : public QFrame {
    Q_OBJECT
  public:
    explicit PreviewPane(QWidget* parent = nullptr);

    void showLoading(const QString& path);
    void showPreview(const ChangePreview& preview);
    /// What is shown as text, for tests and for copying.
    QString text() const;

  private:
    void showLines(const std::vector<DifferenceLine>& lines);
    void say(const QString& text);

    ElidedLabel* path_;
    QStackedWidget* stack_;
    QLabel* words_;
    QPlainTextEdit* lines_;
    QWidget* images_;
};

}  // namespace stepwell
