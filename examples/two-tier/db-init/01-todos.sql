CREATE TABLE todos (
    id INT AUTO_INCREMENT PRIMARY KEY,
    task VARCHAR(200) NOT NULL,
    done BOOLEAN NOT NULL DEFAULT FALSE
);

INSERT INTO todos (task) VALUES ('Say what may reach what');
