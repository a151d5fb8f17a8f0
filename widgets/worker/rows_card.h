#pragma once

#include <QFrame>
#include <QStringList>

#include <functional>
#include <vector>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace stepwell {

/// A card with a title, an action, and rows under it; or the sentence that says why there are none.
class RowsCard : public QFrame {
    Q_OBJECT
  public:
    explicit RowsCard(const QString& title, QWidget* parent = nullptr);

    /// At the right end of the title's line.
    void addAction(QWidget* action);
    /// Builds the rows anew when what they say changed since the last time: a row that has the keys keeps
    /// them.
    void setRows(const QStringList& content, const std::function<QWidget*(int row)>& build);
    enum class Tone { quiet, bad };
    void setSentence(const QString& text, Tone tone = Tone::quiet);
    /// Below the rows; empty: none.
    void setNote(const QString& text);
    int rowCount() const { return static_cast<int>(content_.size()); }

  private:
    void clearRows();

    QStringList content_;
    QHBoxLayout* head_;
    QVBoxLayout* rows_;
    QLabel* sentence_;
    QLabel* note_;
};

/// One line of such a card: these widgets side by side, as high as a row of a table.
QWidget* makeCardRow(const std::vector<QWidget*>& widgets);

}  // namespace stepwell
