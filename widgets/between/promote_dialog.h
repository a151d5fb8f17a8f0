#pragma once

#include "models/between/promotion.h"
#include "widgets/action_dialog.h"
#include "widgets/between/peers.h"

class QStackedWidget;

namespace stepwell {

class ChangesView;
class EmptyState;
class ProductionQuestion;
class PromoteForm;
class PromotionSteps;

/// A script or a site from one backend to another: where to, what would change, what is missing there; then
/// the steps of it as they go. Esc cancels what is under way, then closes. GUI thread.
class PromoteDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// `source` must outlive the dialog.
    PromoteDialog(Backend& source, const between::PromotionSubject& subject, Peers peers, QWidget* parent);
    ~PromoteDialog() override;

    between::Promotion& promotion() { return promotion_; }
    PromoteForm& form() { return *form_; }
    ChangesView& changes() { return *changes_; }
    PromotionSteps& steps() { return *steps_; }
    /// Null unless the target is production.
    ProductionQuestion* question() const { return question_; }
    QPushButton* openButton() const { return open_; }
    bool isSending() const { return promotion_.state() == between::Promotion::State::running; }
    /// Another backend was opened, or one has gone.
    void peersChanged();

    void reject() override;

  protected:
    bool growsWithContent() const override { return false; }

  signals:
    /// A backend without an open tab was chosen as the target.
    void openRequested(const QString& id);
    /// To be shown at the target: what was promoted. `deployment` of a site, where it is known.
    void showRequested(const QString& backendId, const QString& name, const QString& deployment);

  private:
    QWidget* makePanes();
    QWidget* makeProgress();
    void onState();
    void onVerb();
    void showDifference();
    void showVerb();
    void showQuestion();
    QString whyNot() const;
    void say(const QString& sentence, const QString& detail);

    between::Promotion promotion_;
    PromoteForm* form_;
    QStackedWidget* difference_;
    ChangesView* changes_;
    EmptyState* empty_;
    PromotionSteps* steps_;
    QStackedWidget* pages_;
    QLabel* outcome_;
    QPushButton* open_;
    ProductionQuestion* question_ = nullptr;
    QString asksFor_;  ///< the id of the backend that the question is about
};

}  // namespace stepwell
