using Bert.MLNet.Samples;

namespace Bert.MLNet.Tests.Samples;

public sealed class StepByStepSampleTests
{
    [Fact]
    public void Three_steps_give_the_mean_of_the_hidden_states_as_one_step_does()
    {
        StepByStepSample.Output output = StepByStepSample.Compute(new TinyCheckpoint().Load(), "A good day!");
        Assert.Equal(["[CLS]", "a", "good", "day", "!", "[SEP]"], output.Tokens);
        Assert.Equal(output.Tokens, output.InputIds.Select(id => TinyCheckpoint.Vocabulary[(int)id]));

        int size = output.Vector.Length;
        Assert.Equal(output.Tokens.Length * size, output.LastHiddenState.Length);
        for (int k = 0; k < size; k++)
        {
            float mean = Enumerable.Range(0, output.Tokens.Length).Average(token => output.LastHiddenState[token * size + k]);
            Assert.Equal(mean, output.Vector[k], 1e-5f);
            Assert.Equal(mean, output.InOneStep[k], 1e-5f);
        }
    }
}
