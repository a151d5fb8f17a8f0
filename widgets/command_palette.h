#pragma once

#include "widgets/theme.h"

#include <QFrame>
#include <QPointer>
#include <QTimer>

#include <functional>
#include <optional>
#include <vector>

class QLabel;
class QLineEdit;
class QListView;

namespace stepwell {

/// One thing that can be found.
struct Finding {
    QString title;
    QString detail;    ///< "Workflow", "orders · Running"
    QString shortcut;  ///< "Ctrl+T"; empty for things
    std::optional<ShownStatus> shape = {};
    bool mono = false;  ///< ids
    std::function<void()> run = {};
    QString origin = {};  ///< name of the backend it is in, where several are open
    QColor originColour = {};
};

class FindingsModel;

/// Finds every action and every thing. A sheet over the window: type, arrows, Enter; Esc or a click beside it
/// closes.
class CommandPalette : public QFrame {
    Q_OBJECT
  public:
    /// What there is for the typed text, best first. Called on every change of the text.
    using Source = std::function<std::vector<Finding>(const QString& text)>;

    CommandPalette(QWidget* window, Source source);
    void openSheet();
    /// Asks the source again: it has learned something.
    void refresh();
    int count() const;
    QString textOf(int row) const;
    QLineEdit* field() const { return field_; }

    /// How well `text` fits `candidate`: nothing, or smaller is better. All words of the text must occur.
    static std::optional<int> fit(const QString& candidate, const QString& text);

  signals:
    /// The text rested for a moment: time to ask a backend.
    void searchRequested(const QString& text);
    /// It was put away, and the keys go where they went before, if that is still there.
    void putAway();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void place();
    void move(int rows);
    void runRow(int row);
    void leave();

    Source source_;
    FindingsModel* model_;
    QLineEdit* field_;
    QListView* list_;
    QLabel* none_;
    QPointer<QWidget> before_;  ///< had the focus when the sheet opened
    QTimer rest_;
};

}  // namespace stepwell
