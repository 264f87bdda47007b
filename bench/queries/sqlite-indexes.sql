-- What an experienced owner gives SQLite for these queries before anything is measured; ANALYZE follows.
-- They are part of the source, so the migration brings each of them to PostgreSQL as well.
CREATE INDEX best_order_details_totals ON "Order Details" ("Order ID", total_cents);
CREATE INDEX best_order_details_product ON "Order Details" ("Product", "Quantity", "Net Price", total_cents);
CREATE INDEX best_order_placed ON sales_order (placed_at, status, company_id);
CREATE INDEX best_order_by_company ON sales_order (company_id, placed_at, status);
CREATE INDEX best_product_category ON product_category (product_id, category_id);
CREATE INDEX best_price_list_item ON price_list_item (product_id, from_quantity, price, price_list_id);
CREATE INDEX best_invoice_order ON invoice (order_id);
CREATE INDEX best_invoice_due ON invoice (due_on, cancelled_by, order_id, net, vat);
CREATE INDEX best_payment_invoice ON payment (invoice_id, amount);
CREATE INDEX best_ledger_entry ON ledger_entry (batch_id, account, debit, credit);
CREATE INDEX best_ledger_account ON ledger_entry (account, batch_id, debit, credit);
CREATE INDEX best_ledger_batch_period ON ledger_batch (period_id);
CREATE INDEX best_time_sheet ON time_sheet (employee_id, worked_on, net_minutes);
CREATE INDEX best_stock_move_moved ON stock_move (moved_at, warehouse_id, kind, quantity, unit_cost);
CREATE INDEX best_stock_move_running ON stock_move (product_id, moved_at, id, quantity);
CREATE INDEX best_stock_move_reference ON stock_move (reference);
CREATE INDEX best_payment_iban ON payment (iban);
CREATE INDEX best_shipment_order ON shipment (order_id, shipped_at, carrier, warehouse_id);
CREATE INDEX best_shipment_carrier ON shipment (carrier, warehouse_id, shipped_at, order_id);
CREATE INDEX best_audit_when ON audit_log (happened_at, action, user_id, object);
CREATE INDEX best_contact_name ON contact_person (last_name, first_name, company_id);
CREATE INDEX best_contact_company ON contact_person (company_id);
CREATE INDEX best_address_company ON address (company_id);
CREATE INDEX best_product_colour ON product (json_extract(attributes, '$.colour'), json_extract(attributes, '$.material'), discontinued, net_price);
