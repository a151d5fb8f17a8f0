#pragma once

#include <QDialog>
#include <QPointer>

#include <functional>

class QHBoxLayout;
class QLabel;
class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace stepwell {

class ElidedLabel;
class FittedLabel;
class ProductionQuestion;

/// A dialog that says in its title what will happen, shows it in its body and names the verb on its button.
/// Closes with Esc, confirms with Ctrl+Enter (and Enter where no text is edited, unless the verb destroys:
/// there Enter cancels until the verb's own button has the focus). Open it with `open()`; it deletes itself.
class ActionDialog : public QDialog {
    Q_OBJECT
  public:
    enum class Look { main, danger };
    ActionDialog(const QString& title, const QString& verb, Look look, QWidget* parent);

    QVBoxLayout* body() const { return body_; }
    QPushButton* verbButton() const { return verb_; }
    QPushButton* cancelButton() const { return cancel_; }
    /// A further way out, between Cancel and the verb.
    QPushButton* addButton(const QString& text, const char* kind = "");
    /// What will happen, when that is only known later.
    void setHeading(const QString& title);
    void setVerb(const QString& verb);
    /// Facts beside the heading; empty: none.
    void setSubtitle(const QString& text);
    /// What is too high for the window scrolls between heading and buttons, and the dialog is as high as what
    /// it shows: it grows with that and shrinks again, unless somebody made it as high as it is.
    void boundHeight();
    /// Scrolls to a part of the body that came late; nothing happens where nothing scrolls.
    void reveal(QWidget* part);
    /// What it does cannot be undone, though the verb does not look like it: asks once more where that costs.
    /// Verbs with the look of danger do so by themselves.
    void guardProduction();
    /// A quiet line at the left of the buttons; an error takes its place.
    void setNote(const QString& text);
    /// `locked`: what is sent cannot be changed meanwhile, so that it is not sent twice.
    enum class Body { locked, readable };
    /// While busy the verb button is off and says `text`.
    void setBusy(const QString& text, Body body = Body::locked);
    /// Says in place why it did not work, and lets the person try again.
    void showError(const QString& reason);
    void clearError();
    QString errorText() const;

  protected:
    bool event(QEvent* event) override;
    /// False: what is too high for it is scrolled or cut, and the dialog stays as large as it is.
    virtual bool growsWithContent() const { return scroll_ == nullptr; }
    bool eventFilter(QObject* watched, QEvent* event) override;

  signals:
    /// The verb button; the dialog stays open until someone accepts it.
    void confirmed();

  private:
    void fitHeight();

    QString verbText_;
    FittedLabel* heading_;
    ElidedLabel* shortHeading_;  ///< in place of it beside a subtitle
    ElidedLabel* subtitle_;
    QPushButton* cancel_;
    QWidget* content_;
    QVBoxLayout* body_;
    QHBoxLayout* footer_;
    QLabel* note_;
    FittedLabel* error_;
    QScrollArea* scroll_ = nullptr;  ///< around the content where the height is bounded
    int fitted_ = 0;                 ///< the height that was last made of the content; px
    QPushButton* verb_;
    ProductionQuestion* production_ = nullptr;  ///< null where mistakes cost nobody
    QPointer<QWidget> focusBefore_;             ///< had the keys when the body was locked
};

/// Asks before something is lost; calls `yes` once when the person agrees. Cancel is the default. Does not
/// block.
struct Question {
    QString title;  ///< "Terminate order-7299?"
    QString body;
    QString verb;  ///< "Terminate"
};
ActionDialog* askFirst(QWidget* parent, const Question& question, std::function<void()> yes);

}  // namespace stepwell
