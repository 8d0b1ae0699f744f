using System.CommandLine;
using System.Globalization;
using Bert.MLNet.Encoders;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// What a classifier saves because the last layer computes the first tokens alone: its session beside one that gives all last hidden states
/// as well.
/// </summary>
internal static class FirstTokenBenchmark
{
    private const int FirstId = 1000;

    private static readonly (int Rows, int Length)[] s_batches = [(10, 24), (1, 24), (1, 333)];

    public static Command Command()
    {
        var shapes = new Option<string[]>("--shape")
        {
            Description = "Shapes of checkpoints.",
            DefaultValueFactory = _ => ["BERT-Tiny", "MiniLM-L6"],
            AllowMultipleArgumentsPerToken = true,
        };
        var rounds = new Option<int>("--rounds") { Description = "How often each has its turn.", DefaultValueFactory = _ => 9 };
        shapes.AcceptOnlyFromAmong([.. SeededShape.All.Keys]);
        var command = new Command("first-token", "A classifier, beside the same network with all of its last layer, on one thread.")
        {
            shapes,
            rounds,
        };
        command.SetAction(arguments =>
        {
            Console.WriteLine(Machine.Description);
            Console.WriteLine();
            Console.WriteLine("| shape | batch | all tokens, ms | first tokens, ms | × | in the rounds |");
            Console.WriteLine("| ----- | ----- | -------------: | ---------------: | -: | ------------: |");
            foreach (string shape in arguments.GetRequiredValue(shapes))
            {
                BertModel model = SeededModel.Create(shape, Texts.Vocabulary, "negative", "positive");
                Run(model, shape, arguments.GetValue(rounds));
                Run(model.Quantize(), $"{shape}, int8", arguments.GetValue(rounds));
            }
        });
        return command;
    }

    private static void Run(BertModel model, string name, int rounds)
    {
        using EncoderSession first = EncoderSession.Acquire(model, new(EncoderOutput.SequenceLogits)),
            all = EncoderSession.Acquire(model, new(EncoderOutput.SequenceLogits, EncoderOutput.LastHiddenState));
        foreach ((int rows, int length) in s_batches)
        {
            // Some tenths of a second for each turn.
            int runs = Math.Max(1, (int)(1e10 / (rows * EncoderWork.Operations(model.Config, length))));
            var measured = new Rounds([() => Repeat(all, rows, length, runs), () => Repeat(first, rows, length, runs)], rounds, warming: 1);
            (double least, double most) = measured.Ratios(0, 1, turn => turn.Seconds);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {rows} × {length} | {Milliseconds(0):F2} | {Milliseconds(1):F2} | " +
                $"{measured.MedianRatio(0, 1, turn => turn.Seconds):F2} | {least:F2} to {most:F2} |"));

            double Milliseconds(int contender) => 1000 * measured.Median(contender, turn => turn.Seconds / runs);
        }
    }

    private static void Repeat(EncoderSession session, int rows, int length, int runs)
    {
        int[] ids = [.. Enumerable.Range(FirstId, length)];
        for (int run = 0; run < runs; run++)
        {
            using EncoderBatch batch = session.Rent(rows, length);
            for (int row = 0; row < rows; row++)
                batch.Fill(row, ids, length);
            batch.Run();
        }
    }
}
